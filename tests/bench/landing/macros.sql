-- everything follows from numbers by a hash (tests/bench/city.py): a person, provider or visit is what its number says
create or replace macro between_(low, high, u) as low + cast(floor((high - low + 1) * u) as integer);
-- about normal, mean 0, standard deviation 1
create or replace macro normal_(a, b) as
    (chance(a, b) + chance(a, b + 1) + chance(a, b + 2) + chance(a, b + 3) - 2) * 1.7320508;
-- a provider of a class (0 tertiary … 4 pharmacy, 5 outside the area), the first ones the busiest
create or replace macro place_(cls, u) as
    $starts[cls + 1] + cast(floor($counts[cls + 1] * power(u, 1.6)) as integer);
create or replace macro class_(p) as
    case when p < $starts[2] then 0 when p < $starts[3] then 1 when p < $starts[4] then 2 when p < $starts[5] then 3
         when p < $starts[6] then 4 else 5 end;
create or replace macro provider_code_(p) as
    case class_(p) when 4 then 'P3309' when 5 then 'H3301' else 'H3309' end || lpad(cast(p as varchar), 7, '0');
create or replace macro provider_name_(p) as
    ['第' || p || '医院', '城区第' || p || '医院', '第' || p || '乡卫生院', '第' || p || '社区卫生服务站',
     '第' || p || '大药房', '省城第' || p || '医院'][class_(p) + 1];
-- two levels a class, one where a class has few providers: comparisons need peers of a level
create or replace macro level_(p) as lpad(cast(
    case class_(p) when 0 then 2 when 1 then 5 when 2 then 8 when 5 then 2 else 11 end + case when class_(p) < 3 and p % $split = $split - 1 then 1 else 0 end
as varchar), 2, '0');
create or replace macro method_(p) as case class_(p) when 0 then '4' when 1 then '4' when 2 then '3' else '1' end;
create or replace macro psn_no_(p) as '3309990000' || lpad(cast(7000000 + p as varchar), 10, '0');
create or replace macro psn_name_(p) as
    substr('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨', 1 + p % 16, 1) || substr('伟芳娜敏静丽强磊军洋勇艳杰涛明超', 1 + p // 16 % 16, 1)
    || substr('秀霞平刚桂英华玉兰春梅海燕晓辉云', 1 + p // 256 % 16, 1);
create or replace macro born_(p) as make_date(year(date '$first') - 1 - cast(p % 90 as integer), 6, 15);
create or replace macro certno_(p) as
    '330999' || strftime(born_(p), '%Y%m%d') || lpad(cast(p % 1000 as varchar), 3, '0') || (p % 10);
create or replace macro worker_(p) as p % 3 = 0;
create or replace macro yuan_(fen) as cast(cast(fen as decimal(16, 0)) * cast(0.01 as decimal(3, 2)) as decimal(16, 2));
create or replace macro setl_id_(n, part) as '330999S' || lpad(cast(n * 4 + part as varchar), 12, '0');
create or replace macro mdtrt_id_(n) as '330999M' || lpad(cast(n as varchar), 12, '0');
-- groups of stays: weight of the plain tier in hundredths, factor of the dear ones, code, diagnosis
create or replace macro weight_(a, tier) as
    cast(round(100 * exp(-0.9 + 1.8 * chance(a * 7 + 3, 12)) * case tier when 1 then 1.6 when 3 then 1.25 else 1 end) as bigint);
create or replace macro adrg_(a) as chr(cast(65 + a // 12 as integer)) || chr(cast(66 + a % 12 as integer)) || (1 + a % 9);
create or replace macro main_diag_(a) as
    chr(cast(65 + a % 18 as integer)) || lpad(cast(a // 18 * 6 + 3 as varchar), 2, '0') || '.900';
create or replace macro oprn_of_(a) as lpad(cast(a % 87 as varchar), 2, '0') || '.' || (10 + a % 80) || '00';
create or replace macro group_code_(method, a, tier) as
    case when method = '3' then left(main_diag_(a), 5) || ':' || case when a % 3 = 0 then oprn_of_(a) else '' end
         else adrg_(a) || tier end;
create or replace macro group_weight_(method, a, tier) as
    case when method = '3' then (3 * weight_(a, 5) + weight_(a, 1)) // 4 else weight_(a, tier) end;
-- fen a unit costs
create or replace macro price_(item) as cast(200 + floor(300 * power(chance(item, 50), 6)) * 100 as bigint) + item % 90;
-- diagnoses in the national form
create or replace macro diag_of(a, b) as chr(cast(65 + floor(18 * chance(a, b)) as integer))
    || lpad(cast(cast(floor(100 * power(chance(a, b + 1), 2)) as integer) as varchar), 2, '0') || '.900';

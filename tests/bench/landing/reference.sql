-- reference tables of a city: `-- table: name` begins each

-- table: medins_info_b
select provider_code_(i) as fixmedins_code, provider_name_(i) as fixmedins_name,
    case when class_(i) = 4 then '2' else '1' end as fixmedins_type, level_(i) as hosp_lv,
    case when class_(i) in (0, 2) or i % 5 < 2 then '1' else '2' end as biznat, 'general' as spec_type, '330999' as admdvs,
    [800, 250, 60, 0, 0][class_(i) + 1] as bed_cnt, date '$first' - cast(400 + 17 * (i % 100) as integer) as opened_on
    from range($providers) as p (i)

-- table: psn_info_b
select psn_no_(p) as psn_no, cast(1 + p % 2 as varchar) as gend, born_(p) as brdy, 'HH' || p // 3 as household_no,
    case when p >= $people then '331098' else '330999' end as admdvs, case when worker_(p) then 'E' || p // 180 end as emp_no,
    case when p % 90 > 62 and chance(p, 39) < 0.01 then date '$first' + cast(floor(365 * chance(p, 40)) as integer) end as death_date,
    psn_name_(p) as psn_name, certno_(p) as certno from range($everybody) as v (p)

-- table: drg_std
select distinct grp_type, '$version' as grp_ver, group_code_(method, a, tier) as grp_code, '病组' || a as grp_name,
    cast(yuan_(group_weight_(method, a, tier)) as decimal(14, 6)) as wt, date '2023-01-01' as valid_from
    from range(300) as g (a), (values (1), (3), (5)) as t (tier), (values ('4', 'DRG'), ('3', 'DIP')) as y (method, grp_type)

-- table: pay_par
select insutype, hosp_lv, date '2025-01-01' as valid_from, cast(rate as decimal(16, 6)) as rate,
    cast(coef as decimal(14, 6)) as coef, cast(0.4 as decimal(14, 6)) as low_mult, cast(2.5 as decimal(14, 6)) as high_mult, '0' as final
    from (values ('310', 7000), ('390', 6600)) as i (insutype, rate),
    (values ('02', 1.1), ('03', 1.1), ('05', 1.0), ('06', 1.0), ('08', 0.86), ('09', 0.86)) as l (hosp_lv, coef)

-- table: hilist_b
select 'C' || i as hilist_code, '项目' || i as hilist_name, case when i % 10 < 5 then '09' when i % 10 < 7 then '03'
    when i % 10 = 7 then '07' when i % 10 = 8 then '08' else '05' end as med_chrgitm_type,
    '0' || case when i % 50 = 49 then 3 when i % 10 in (3, 6) then 2 else 1 end as chrgitm_lv,
    case when i % 400 = 13 then cast(yuan_(price_(i)) as decimal(16, 6)) * cast(0.9 as decimal(2, 1)) end as pric_uplmt_amt,
    date '2020-01-01' as valid_from from range($items) as p (i)

-- table: fund_budget_d
select null as fixmedins_code, insutype, year(date '$first') as year, cast(amount as decimal(16, 2)) as amount
    from (values ('310', 1600000000 * $scale), ('390', 2400000000 * $scale)) as b (insutype, amount)

-- table: complaint_d
select 'TS' || i as complaint_id, provider_code_(i * 7) as fixmedins_code, date '$first' + cast(i * 5 % 360 as integer) as received_on,
    '收费不清' as topic from range($providers // 20) as c (i)

-- table: inspection_d
select 'JC' || i as inspection_id, provider_code_(i * 3) as fixmedins_code, date '$first' - cast(30 + i % 300 as integer) as inspected_on,
    ['risk', 'random'][1 + i % 2] as mode, '第' || (1 + i % 5) || '组' as team, cast(i % 4 * 1000 as decimal(16, 2)) as found_amount,
    cast(i % 4 * 900 as decimal(16, 2)) as recovered_amount from range($providers // 10) as c (i)

-- table: basis_b
select 'B001' as basis_id, '虚构规定' as document, '第一条' as article, '压力测试数据，不对应任何规定。' as text,
    date '2020-01-01' as valid_from

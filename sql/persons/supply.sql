-- Days of supply that persons took home, over all providers.
-- grain: person, substance and day of purchase
-- inputs: core.fee_line, core.settlement, cur.hilist_b
-- parameters: $start, $until (settlements), $counted_drug_classes (med_chrgitm_type), $drug_substance_length (characters of a national
--   drug code that stand for its substance), $hoarding_days (persons who never got so many are left out)
-- known limits: packs times days of a pack by the catalogue of that day, else the prescription's own days (less what came back) where
--   they are plausible (1 to 180, or at most a month a pack); lines with neither say nothing; drugs given at discharge from a stay
--   do not count
with pack as (
    select
        hilist_code,
        days_per_pack,
        valid_from,
        least(
            coalesce(valid_to, date '9999-12-31'),
            coalesce(
                cast(lead(valid_from) over (partition by hilist_code order by valid_from) - interval 1 day as date), date '9999-12-31'
            )
        ) as valid_until
    from cur.hilist_b
),

known as (
    select distinct hilist_code
    from pack
    where days_per_pack > 0
),

line as (
    select
        l.psn_id,
        l.item_code,
        l.service_date,
        l.cnt,
        l.net_prd_days,
        case when k.hilist_code is not null then l.hilist_code else l.item_code end as pack_code
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    left join known as k on l.hilist_code = k.hilist_code
    where
        l.setl_time >= $start
        and l.setl_time < $until
        and l.state = 'settled'
        and l.cnt > 0
        and regexp_matches(l.med_chrgitm_type, $counted_drug_classes)
        and not s.is_inpatient
        and s.refund_state <> 'full'
),

taken as (
    select
        l.psn_id,
        case
            when regexp_matches(l.item_code, '^[XZ][A-Z][0-9][0-9]') then substr(l.item_code, 1, $drug_substance_length)
            else l.item_code
        end as substance,
        l.service_date,
        l.cnt,
        case
            when p.days_per_pack > 0 then l.cnt * p.days_per_pack
            when l.net_prd_days between 1 and greatest(180, 31 * l.cnt) then l.net_prd_days
        end as days
    from line as l
    left join pack as p
        on l.pack_code = p.hilist_code and l.service_date between p.valid_from and p.valid_until
),

enough as (
    select
        psn_id,
        substance
    from taken
    where days > 0
    group by psn_id, substance
    having sum(days) >= $hoarding_days
)

select
    t.psn_id,
    t.substance,
    t.service_date,
    cast(sum(t.cnt) as decimal(18, 4)) as packs,
    cast(sum(t.days) as decimal(18, 4)) as days
from taken as t
inner join enough as e on t.psn_id = e.psn_id and t.substance = e.substance
where t.days > 0
group by t.psn_id, t.substance, t.service_date

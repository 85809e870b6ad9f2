-- The settlements behind cases on lists, as a reviewer reads them; no birth date, no identity.
-- grain: setl_id
-- inputs: core.settlement
-- parameters: setl_ids (list)
-- known limits: the published snapshot holds settlements and diagnoses whole, fee lines only behind findings
select
    setl_id,
    mdtrt_id,
    psn_id,
    gend,
    age,
    insutype,
    med_type,
    fixmedins_code,
    begndate,
    enddate,
    setl_time,
    dise_codg,
    dscg_way,
    chfpdr_code,
    grp_type,
    grp_ver,
    grp_code,
    wt,
    pay_std,
    net_medfee_sumamt,
    psn_part_amt,
    paid,
    refund_state
from core.settlement
where setl_id in (select unnest($setl_ids))
order by setl_id

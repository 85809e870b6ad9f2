-- All fee lines of the settlements behind a dossier's findings.
-- grain: bkkp_sn
-- inputs: core.fee_line
-- parameters: setl_ids (list)
-- known limits: the published snapshot holds the lines of settlements with findings only
select
    bkkp_sn,
    setl_id,
    psn_id,
    fixmedins_code,
    fee_ocur_time,
    item_code,
    item_name,
    med_chrgitm_type,
    cnt,
    pric,
    det_item_fee_sumamt,
    inscp_scp_amt,
    dept_code,
    dr_code
from core.fee_line
where setl_id in (select unnest($setl_ids))
order by setl_id, bkkp_sn

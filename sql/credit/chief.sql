-- The attending doctor of settlements, for candidates that name no doctor.
-- grain: setl_id
-- inputs: core.settlement
-- parameters: $setl_ids (list)
-- limits: none
select setl_id, chfpdr_code
from core.settlement
where list_contains($setl_ids, setl_id) and chfpdr_code is not null
order by setl_id

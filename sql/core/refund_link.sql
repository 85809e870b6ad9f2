-- Each refund and the settlement it undoes, kept after core is made: what is due asks which quarters a delivery touches.
-- grain: refund_id
-- inputs: core.refund
-- parameters: none
-- limits: none
select refund_id, setl_id
from core.refund

-- The texts that findings rest on, for the published snapshot; who confirmed them stays inside.
-- grain: basis_id, valid_from
-- inputs: cur.basis_b
-- parameters: none
-- known limits: only confirmed ones; what nobody confirmed is shown as awaiting confirmation
select
    basis_id,
    document,
    article,
    text,
    valid_from,
    valid_to,
    confirmed_on
from cur.basis_b
where confirmed_by is not null
order by basis_id, valid_from

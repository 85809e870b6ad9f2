-- The texts of some bases as lists print them, from the published snapshot.
-- grain: basis_id, valid_from
-- inputs: finding.basis
-- parameters: printed (list of document and article with a blank between)
-- known limits: none
select
    basis_id,
    document,
    article,
    text,
    valid_from,
    valid_to,
    confirmed_on,
    concat_ws(' ', document, article) as printed
from finding.basis
where concat_ws(' ', document, article) in (select unnest($printed))
order by basis_id, valid_from

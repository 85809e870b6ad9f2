-- Settlements that the first review remarked: every rule's findings of a quarter.
-- grain: setl_id
-- inputs: finding.finding
-- parameters: $period
-- limits: findings of other quarters do not count, so that a draw does not depend on which quarters were made before
select distinct setl_id
from finding.finding
where period = $period and setl_id is not null

-- grain: one row a delivered file whose folder is a month
-- inputs: meta.file
-- parameters: none
-- known limits: files that a mapping takes from elsewhere have no month and are left out
select file_id, cast(substr(folder, 1, 4) || '-' || substr(folder, 5, 2) || '-01' as date) as month_start
from meta.file
where length(folder) = 6 and try_cast(folder as integer) is not null

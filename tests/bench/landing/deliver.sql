-- grain: one row as delivered: `folder` is the month's number; late rows come a month later, some come twice, some in an older version first
-- version: 0 as it is, 1 the same again, 2 older, 3 delivered again with its whole month
select * exclude (moment), least(greatest(m_at, 0) + case when version = 3 or chance(number, 61) < 0.004 then 1 else 0 end, $months - 1) as folder,
    moment + case version when 2 then interval '-1' day when 3 then interval 25 day else interval 0 day end as updt_time,
    case when version = 2 then $older else 0 end as off
from (
    select *, unnest(case when chance(number, 62) < 0.003 then [0, 1] when chance(number, 63) < 0.004 then [0, 2]
        when $again and m_at = 2 then [0, 3] else [0] end) as version
    from (
        select *, cast(date_diff('month', date '$begin', setl_at) as integer) as m_at, setl_at + interval 2 hour as moment from ($rows)
    )
)

-- Which codes each subject of a knowledge point stands for: the code itself, or every code under a prefix.
-- grain: one code in use (an item with its catalogue code, a diagnosis, an operation) and one subject that it answers to
-- inputs: finding.subject (distinct subject codes), core.code
-- parameters: none
-- known limits: codes compare without regard to capitals, an older dagger (†) is a plus, and YB before a diagnosis or operation
--   names the edition: no code system has two codes that differ by these alone; prefixes are cut to the lengths in use and
--   joined by equality, so cost follows distinct codes x lengths, not codes x points
with named as (
    select
        kind,
        code,
        hilist_code,
        code_no,
        case
            when kind <> 'item' and upper(code) like 'YB%' then substr(replace(upper(code), '†', '+'), 3)
            else replace(upper(code), '†', '+')
        end as answers_to
    from core.code
    union
    select
        kind,
        code,
        hilist_code,
        code_no,
        replace(upper(hilist_code), '†', '+') as answers_to
    from core.code
    where hilist_code <> ''
),

subject as (
    select
        subject_code,
        replace(upper(subject_code), '†', '+') as text
    from finding.subject
),

stem as (
    select
        subject_code,
        substr(text, 1, length(text) - 1) as text,
        length(text) - 1 as width
    from subject
    where text like '%*'
),

width as (
    select width
    from stem
    group by width
),

cut as (
    select
        n.kind,
        n.code,
        n.hilist_code,
        n.code_no,
        substr(n.answers_to, 1, w.width) as text,
        w.width
    from named as n
    inner join width as w on length(n.answers_to) >= w.width
)

select
    n.kind,
    n.code,
    n.hilist_code,
    n.code_no,
    s.subject_code
from named as n
inner join subject as s on n.answers_to = s.text
where s.subject_code not like '%*'
union
select
    c.kind,
    c.code,
    c.hilist_code,
    c.code_no,
    s.subject_code
from cut as c
inner join stem as s on c.text = s.text and c.width = s.width

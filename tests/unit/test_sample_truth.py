"""The planted lines are all violations of the world's knowledge points: found again here by plain SQL over the clean files."""

from pathlib import Path

import duckdb
import pytest

from models.sample import write_world

LINES = """
create table setl as
select setl_id, mdtrt_id, psn_no, coalesce(gend_true, gend) as gend, brdy, fixmedins_code, hosp_lv, med_type, begndate, enddate
from (
    select s.*, p.gend as gend_true
    from s left join p using (psn_no)
)
where refd_setl_flag = '0' and vali_flag = '1'
  and setl_id not in (select init_setl_id from s where refd_setl_flag = '1' and init_setl_id is not null and abs(medfee_sumamt::decimal(16, 2)) = (
        select o.medfee_sumamt::decimal(16, 2) from s o where o.setl_id = s.init_setl_id));
create table line as
select f.bkkp_sn, f.setl_id, t.mdtrt_id, t.psn_no, t.gend, t.brdy::date as brdy, t.fixmedins_code, t.hosp_lv, t.begndate, t.enddate, t.med_type,
    f.med_list_codg as code, f.fee_ocur_time::timestamp as ts, f.fee_ocur_time::date as day, f.pric::decimal(16, 6) as pric,
    f.cnt::decimal(16, 4) + coalesce(r.cnt::decimal(16, 4), 0) as cnt,
    f.overlmt_amt::decimal(16, 2) + coalesce(r.overlmt_amt::decimal(16, 2), 0) as overlmt
from f
join setl t using (setl_id)
left join f r on r.init_feedetl_sn = f.bkkp_sn
where f.vali_flag = '1' and f.cnt::decimal(16, 4) > 0;
create table person_line as
select *, date_part('year', age(day, brdy)) as years from line where cnt > 0;
"""
FOUND = """
select rule_id, setl_id, bkkp_sn from person_line join kp_sex k on code = subject_code where person_line.gend <> k.gend
union select rule_id, setl_id, bkkp_sn from person_line join kp_age on code = subject_code
    where years < coalesce(age_min::int, 0) or years > coalesce(age_max::int, 999)
union select rule_id, setl_id, bkkp_sn from person_line join kp_level on code = subject_code where hosp_lv > hosp_lv_max
union select rule_id, setl_id, bkkp_sn from person_line join kp_price k on code = subject_code and day between k.valid_from::date and coalesce(k.valid_to::date, date '2999-01-01')
    where (k.hosp_lv is null or k.hosp_lv = person_line.hosp_lv) and (pric - k.pric_uplmt_amt::decimal(16, 6)) * cnt - overlmt > 0
union select a.rule_id, a.setl_id, a.bkkp_sn from (select * from person_line join kp_exclusive on code = subject_code) a
    join person_line b on b.code = a.other_code and a.psn_no = b.psn_no and a.fixmedins_code = b.fixmedins_code
    where case a.scope when 'day' then a.day = b.day else a.mdtrt_id = b.mdtrt_id end
union select rule_id, setl_id, bkkp_sn from (
    select *, sum(cnt) over (partition by rule_id, code, psn_no, fixmedins_code, win order by ts, bkkp_sn) as so_far from (
        select *, case per when 'visit' then mdtrt_id else date_trunc(per, day)::varchar end as win
        from person_line join kp_frequency on code = subject_code)
    ) where so_far > max_cnt::decimal(16, 4)
union select 'R42', setl_id, bkkp_sn from person_line
    where med_type in ('21', '22', '28', '52') and (day < (select min(x.begndate::date) from line x where x.mdtrt_id = person_line.mdtrt_id) or day > enddate::date)
"""


def load(folder: Path) -> duckdb.DuckDBPyConnection:
    """Views over a clean world: s settlements, f lines, p people, kp_* knowledge points."""
    con = duckdb.connect()
    con.sql(f"create table s as select * from read_csv('{folder}/2*/*setl_d.csv', all_varchar=true)")
    con.sql(f"create table f as select * from read_csv('{folder}/2*/fee_list_d.csv', all_varchar=true)")
    con.sql(f"create table p as select * from read_csv('{folder}/reference/psn_info_b.csv', all_varchar=true)")
    for file in sorted(folder.glob("reference/kp_*.csv")):
        con.sql(f"create table {file.stem} as select * from read_csv('{file}', all_varchar=true, header=true)")
    con.execute(LINES)
    return con


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_world(folder, people=4_000, months=12, seed=3, messy=False)
    return folder


def test_planted_lines_are_all_violations(world: Path) -> None:
    con = load(world)
    truth = f"select distinct rule_id, setl_id, bkkp_sn from '{world}/truth/lines.parquet'"
    assert con.sql(f"({FOUND}) except ({truth})").fetchall() == []
    assert con.sql(f"({truth}) except ({FOUND})").fetchall() == []


def test_every_rule_of_the_templates_is_planted(world: Path) -> None:
    rules = {r for (r,) in duckdb.sql(f"select distinct rule_id from '{world}/truth/lines.parquet'").fetchall()}
    wanted = "R06 R07 R12 R14 R18 R19 R24 R25 R26 R27 R29 R30 R31 R32 R33 R42 R65 R66 R67 R69 R72 R80 R81 R86 R87".split()
    assert set(wanted) <= rules
    coded = {r for (r,) in duckdb.sql(f"select distinct scheme from '{world}/truth/settlements.parquet'").fetchall()}
    assert {"R39", "R54", "R55", "split", "overlap_stay", "outpatient_in_stay", "after_death", "upcoding"} <= coded


def test_money_identities_hold_to_the_fen(world: Path) -> None:
    con = load(world)
    d = "::decimal(16, 2)"
    broken = con.execute(f"""
        select count(*) from s where
            medfee_sumamt{d} <> fulamt_ownpay_amt{d} + overlmt_selfpay{d} + preselfpay_amt{d} + inscp_scp_amt{d}
            or fund_pay_sumamt{d} <> hifp_pay{d} + cvlserv_pay{d} + hifes_pay{d} + hifmi_pay{d} + hifob_pay{d} + hifdm_pay{d} + maf_pay{d} + oth_pay{d}
            or medfee_sumamt{d} <> fund_pay_sumamt{d} + psn_part_amt{d} + hosp_part_amt{d}
            or psn_part_amt{d} <> acct_pay{d} + acct_mulaid_pay{d} + psn_cash_pay{d}
            or (refd_setl_flag = '0' and least(psn_cash_pay{d}, acct_pay{d}, fund_pay_sumamt{d}, hosp_part_amt{d}) < 0)
    """).fetchone()
    assert broken == (0,)
    sums = con.execute(f"""
        select count(*) from (
            select setl_id, sum(det_item_fee_sumamt{d}) a, sum(inscp_scp_amt{d}) b, sum(overlmt_amt{d}) c, sum(fulamt_ownpay_amt{d}) e, sum(preselfpay_amt{d}) g
            from f where setl_id is not null group by setl_id) l
        join s using (setl_id)
        where (a, b, c, e, g) <> (medfee_sumamt{d}, s.inscp_scp_amt{d}, overlmt_selfpay{d}, s.fulamt_ownpay_amt{d}, s.preselfpay_amt{d})
    """).fetchone()
    assert sums == (0,)
    assert con.execute("select count(*) from s where refd_setl_flag = '0' and setl_id not in (select setl_id from f where setl_id is not null)").fetchone() == (0,)


def test_a_partly_refunded_settlement_keeps_nothing_negative(world: Path) -> None:
    con = load(world)
    columns = "medfee_sumamt hifp_pay cvlserv_pay maf_pay fund_pay_sumamt psn_part_amt acct_pay psn_cash_pay inscp_scp_amt".split()
    net = ", ".join(f"o.{c}::decimal(16, 2) - abs(r.{c}::decimal(16, 2))" for c in columns)
    assert con.sql(f"select count(*), coalesce(min(least({net})), 0) from s r join s o on r.init_setl_id = o.setl_id").fetchall()[0][1] >= 0

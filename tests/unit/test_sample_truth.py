"""The planted lines are all violations of the world's knowledge points: found again here by plain SQL."""

from pathlib import Path

import duckdb
import pytest

from models.sample import tiny_world, write_world

LINES = """
create table whole as
select r.init_setl_id as setl_id
from s as r join s as o on r.init_setl_id = o.setl_id
where r.refd_setl_flag = '1' and abs(r.medfee_sumamt::decimal(16, 2)) = o.medfee_sumamt::decimal(16, 2);
create table setl as
select s.setl_id, s.mdtrt_id, s.psn_no, p.gend, p.brdy, s.fixmedins_code, s.hosp_lv, s.med_type, s.begndate, s.enddate,
    s.dise_codg
from s left join p using (psn_no)
where s.refd_setl_flag = '0' and s.vali_flag = '1' and s.setl_id not in (select setl_id from whole);
create table line as
select f.bkkp_sn, f.setl_id, t.mdtrt_id, t.psn_no, t.gend, t.brdy::date as brdy, t.fixmedins_code, t.hosp_lv,
    t.begndate, t.enddate, t.med_type, t.dise_codg, f.med_list_codg as code,
    f.fee_ocur_time::timestamp as ts, f.fee_ocur_time::date as day, f.pric::decimal(16, 6) as pric,
    f.cnt::decimal(16, 4) + coalesce(r.cnt::decimal(16, 4), 0) as cnt,
    f.overlmt_amt::decimal(16, 2) + coalesce(r.overlmt_amt::decimal(16, 2), 0) as overlmt,
    f.inscp_scp_amt::decimal(16, 2) + coalesce(r.inscp_scp_amt::decimal(16, 2), 0) as inscp
from f
join setl t using (setl_id)
left join f r on r.init_feedetl_sn = f.bkkp_sn
where f.vali_flag = '1' and f.cnt::decimal(16, 4) > 0;
create table net as
select *, date_part('year', age(day, brdy)) as years, days_per_pack::decimal(8, 2) as pack
from line left join hilist on code = hilist_code where cnt > 0;
create table coded as
select distinct t.mdtrt_id, d.diag_code from d join setl t using (setl_id);
"""
FOUND = """
select rule_id, setl_id, bkkp_sn from net join kp_sex k on code = subject_code where net.gend <> k.gend
union select rule_id, setl_id, bkkp_sn from net join kp_age on code = subject_code
    where years < coalesce(age_min::int, 0) or years > coalesce(age_max::int, 999)
union select rule_id, setl_id, bkkp_sn from net join kp_level on code = subject_code where hosp_lv > hosp_lv_max
union select rule_id, setl_id, bkkp_sn from net join kp_price k on code = subject_code
    where day between k.valid_from::date and coalesce(k.valid_to::date, date '2999-01-01')
      and (k.hosp_lv is null or k.hosp_lv = net.hosp_lv)
      and (pric - k.pric_uplmt_amt::decimal(16, 6)) * cnt - overlmt > 0
union select a.rule_id, a.setl_id, a.bkkp_sn
    from (select * from net join kp_exclusive on code = subject_code) a
    join net b on b.code = a.other_code and a.psn_no = b.psn_no and a.fixmedins_code = b.fixmedins_code
    where case a.scope when 'day' then a.day = b.day else a.mdtrt_id = b.mdtrt_id end
union select rule_id, setl_id, bkkp_sn from (
    select *, sum(cnt) over (partition by rule_id, code, psn_no, fixmedins_code, win order by ts, bkkp_sn) as so_far
    from (
        select *, case per when 'visit' then mdtrt_id else date_trunc(per, day)::varchar end as win
        from net join kp_frequency on code = subject_code where rule_id <> 'R68')
    ) where so_far > max_cnt::decimal(16, 4)
union select 'R42', setl_id, bkkp_sn from net
    where med_type in ('21', '22', '28', '52')
      and (day < (select min(x.begndate::date) from line x where x.mdtrt_id = net.mdtrt_id) or day > enddate::date)
"""
NEW = """
select rule_id, setl_id, bkkp_sn from net join kp_visit on code = subject_code
    where not list_contains(string_split(med_types, '|'), med_type)
union select k.rule_id, n.setl_id, n.bkkp_sn from net n join kp_companion k on n.code = k.subject_code
    left join net b on b.psn_no = n.psn_no and list_contains(string_split(k.other_codes, '|'), b.code)
        and case when k.rule_id = 'R05' then b.day <= n.day else b.fixmedins_code = n.fixmedins_code
            and case k.scope when 'day' then b.day = n.day else b.mdtrt_id = n.mdtrt_id end end
    where k.rule_id <> 'R05' or n.day - (select min(setl_time::date) from s) >= 180
    group by k.rule_id, n.setl_id, n.bkkp_sn having count(b.bkkp_sn) = 0
union select rule_id, setl_id, bkkp_sn from (
    select k.rule_id, n.setl_id, n.bkkp_sn, k.mode,
        bool_or(regexp_full_match(c.diag_code, replace(replace(k.diag_codes, '.', '[.]'), '*', '.*'))) as held
    from net n join kp_diagnosis k on n.code = k.subject_code join coded c on c.mdtrt_id = n.mdtrt_id
    where k.rule_id <> 'R11' group by all) where held = (mode = 'forbids')
union select rule_id, setl_id, bkkp_sn from net join kp_diagnosis on code = subject_code
    where rule_id = 'R11' and med_type = '14' and not list_contains(string_split(diag_codes, '|'), dise_codg)
union select rule_id, setl_id, bkkp_sn from (
    select *, sum(inscp) over (
        partition by code, psn_no, fixmedins_code, date_trunc(per, day) order by ts, bkkp_sn) as so_far
    from net join kp_amount on code = subject_code) where so_far > max_amount::decimal(16, 2)
union select rule_id, setl_id, bkkp_sn from (
    select *, sum(cnt * pack) over (
        partition by code, psn_no, fixmedins_code, date_trunc(per, day) order by ts, bkkp_sn) as so_far
    from net join kp_supply on code = subject_code where rule_id = 'R10') where so_far > max_days::decimal(16, 2)
union select rule_id, setl_id, bkkp_sn from net join kp_frequency on code = subject_code
    where rule_id = 'R68' and 1 > max_cnt::decimal(16, 4) * pack
union select rule_id, setl_id, bkkp_sn from (
    select *, sum(cnt) over (
        partition by psn_no, fixmedins_code, mdtrt_id, day order by pric desc, ts, bkkp_sn) as so_far
    from net join kp_discount on code like replace(subject_code, '*', '%')) where so_far > 1
union select a.rule_id, a.setl_id, a.bkkp_sn
    from (select * from net join kp_interaction on code = subject_code) a
    join net b on b.code = a.other_code and a.psn_no = b.psn_no and a.fixmedins_code = b.fixmedins_code
    where abs(date_diff('day', a.day, b.day)) <= a.days::int
"""
RULES = (
    *("R06", "R07", "R12", "R14", "R18", "R19", "R24", "R25", "R26", "R27", "R29", "R30", "R31", "R32", "R33", "R42"),
    *("R65", "R66", "R67", "R69", "R72", "R80", "R81", "R86", "R87"),
    *("R05", "R08", "R10", "R11", "R13", "R15", "R28", "R64", "R68", "R71", "R74"),
)
SCHEMES = {
    *("R35", "R36", "R37", "R38", "R40", "R76"),
    *("R39", "R52", "R53", "R54", "R55", "S01", "S02"),
    *("split", "overlap_stay", "outpatient_in_stay", "after_death", "upcoding"),
}


def load(folder: Path) -> duckdb.DuckDBPyConnection:
    """Views over a clean world: s settlements, f lines, p people, kp_* knowledge points."""
    con = duckdb.connect()
    con.sql(f"create table s as select * from read_csv('{folder}/2*/*setl_d.csv', all_varchar=true)")
    con.sql(f"create table f as select * from read_csv('{folder}/2*/fee_list_d.csv', all_varchar=true)")
    con.sql(f"create table p as select * from read_csv('{folder}/reference/psn_info_b.csv', all_varchar=true)")
    for file in sorted(folder.glob("reference/kp_*.csv")):
        con.sql(f"create table {file.stem} as select * from read_csv('{file}', all_varchar=true, header=true)")
    con.sql(f"create table d as select * from read_csv('{folder}/2*/setl_list_diag_d.csv', all_varchar=true)")
    con.sql(f"create table hilist as select * from read_csv('{folder}/reference/hilist_b.csv', all_varchar=true)")
    con.execute(LINES)
    return con


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds") / "world"
    write_world(folder, people=4_000, months=12, seed=3, messy=False)
    return folder


def assert_truth_is_all(folder: Path) -> None:
    con = load(folder)
    truth = f"select distinct rule_id, setl_id, bkkp_sn from '{folder}/truth/lines.parquet'"
    found = f"{FOUND} union {NEW}"
    assert con.execute(f"({found}) except ({truth})").fetchall() == []
    assert con.execute(f"({truth}) except ({found})").fetchall() == []


def test_planted_lines_are_all_violations(world: Path) -> None:
    assert_truth_is_all(world)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_lines_are_all_violations_of_tiny_worlds(tmp_path: Path, seed: int) -> None:
    tiny_world(tmp_path / "tiny", seed, messy=False)
    assert_truth_is_all(tmp_path / "tiny")


def test_every_rule_of_the_templates_is_planted(world: Path) -> None:
    con = duckdb.connect()
    rules = con.execute(f"select distinct rule_id from '{world}/truth/lines.parquet'").fetchall()
    assert {r for (r,) in rules} == set(RULES)
    schemes = con.execute(f"select distinct scheme from '{world}/truth/settlements.parquet'").fetchall()
    assert {s for (s,) in schemes} == SCHEMES


def test_money_identities_hold_to_the_fen(world: Path) -> None:
    con = load(world)
    d = "::decimal(16, 2)"
    payers = " + ".join(f"{p}_pay{d}" for p in ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth"))
    scope = f"fulamt_ownpay_amt{d} + overlmt_selfpay{d} + preselfpay_amt{d} + inscp_scp_amt{d}"
    lowest = f"least(psn_cash_pay{d}, acct_pay{d}, fund_pay_sumamt{d}, hosp_part_amt{d})"
    broken = f"""
        select count(*) from s where medfee_sumamt{d} <> {scope}
            or fund_pay_sumamt{d} <> {payers}
            or medfee_sumamt{d} <> fund_pay_sumamt{d} + psn_part_amt{d} + hosp_part_amt{d}
            or psn_part_amt{d} <> acct_pay{d} + acct_mulaid_pay{d} + psn_cash_pay{d}
            or (refd_setl_flag = '0' and {lowest} < 0)"""
    assert con.execute(broken).fetchone() == (0,)


def test_lines_sum_to_their_header(world: Path) -> None:
    con = load(world)
    d = "::decimal(16, 2)"
    lines = ("det_item_fee_sumamt", "inscp_scp_amt", "overlmt_amt", "fulamt_ownpay_amt", "preselfpay_amt")
    heads = ("medfee_sumamt", "inscp_scp_amt", "overlmt_selfpay", "fulamt_ownpay_amt", "preselfpay_amt")
    sums = ", ".join(f"sum({c}{d}) as c{i}" for i, c in enumerate(lines))
    differs = " or ".join(f"c{i} <> s.{c}{d}" for i, c in enumerate(heads))
    summed = f"select setl_id, {sums} from f group by setl_id"
    query = f"select count(*) from ({summed}) l join s using (setl_id) where {differs}"
    assert con.execute(query).fetchone() == (0,)
    charged = "select setl_id from f where setl_id > ''"
    lone = f"select count(*) from s where refd_setl_flag = '0' and setl_id not in ({charged})"
    assert con.execute(lone).fetchone() == (0,)


def test_refunds_leave_nothing_negative(world: Path) -> None:
    con = load(world)
    columns = ("medfee_sumamt", "hifp_pay", "cvlserv_pay", "maf_pay", "fund_pay_sumamt", "psn_part_amt", "acct_pay")
    net = ", ".join(f"o.{c}::decimal(16, 2) - abs(r.{c}::decimal(16, 2))" for c in (*columns, "psn_cash_pay"))
    low = f"select min(least({net})) from s r join s o on r.init_setl_id = o.setl_id"
    assert con.execute(low).fetchall()[0][0] >= 0

"""The year 2023 of the 2023 scheme, scored in hand-written SQL on DuckDB: what the benchmark compares zhunsheng with.

    python3 benches/year/duckdb.py DATA_FOLDER tests/year/clauses.csv

prints 单位,名次,总分 in rank order. It trusts its input: every fact file has the eleven columns below, in this order,
in UTF-8 and in plain form; nothing is missing, unknown, reported twice or undecided.
"""

import csv
import sys
from pathlib import Path

# This file bears the package's name: do not find ourselves.
here = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry).resolve() != here]
import duckdb  # noqa: E402

# The most that a section deducts in a month; the other sections have no limit.
CAPS = """
CREATE TABLE cap AS FROM (VALUES
    ('基层工作', 40), ('社区矫正工作', 40), ('法律援助工作', 40), ('普法宣传工作', 40), ('信息工作', 20),
    ('机关效能和意识形态工作', 20), ('平安建设工作', 40), ('法治建设工作', 40), ('扫黑除恶工作', 10)
) AS cap (板块, most_deduction)
"""

# Small numbers for what is grouped and compared a million times.
KINDS = """
CREATE TYPE kind AS ENUM (
    '当月计一次', '等次', '一票否决', '取消评先资格', '每…计', '酌情', '每迟一天', '每逾期一天(跨月分摊)',
    '指标低于', '指标每少一', '分档', '比率低于', '待定(原文残缺)'
)
"""

# The scheme's table of lines. 参数 are "name=value; name=value".
LINES = r"""
CREATE TABLE line AS
WITH text AS (
    SELECT
        *,
        板块 || '.' || 序号 AS clause,
        nullif(regexp_extract(参数, '(不少于|界限)=([0-9.]+)', 2), '')::DECIMAL(6, 2) AS bound,
        regexp_extract(参数, '分母=([^;]+)', 1) AS denominator
    FROM read_csv($lines, delim = ',', quote = '"', header = true, all_varchar = true)
)
SELECT
    row_number() OVER ()::UTINYINT AS line,
    dense_rank() OVER (ORDER BY 板块)::UTINYINT AS section,
    most_deduction::DECIMAL(6, 2) AS most_deduction,
    text.clause,
    text.情形或指标 AS label,
    text.计分方式::kind AS kind,
    -- Of a discretionary line the fact says how many points.
    (CASE text.方向 WHEN '加' THEN 1 ELSE -1 END
        * CASE text.计分方式 WHEN '酌情' THEN 1 ELSE coalesce(text.分值, '0')::DECIMAL(4, 2) END)::DECIMAL(6, 2) AS points,
    text.bound,
    nullif(regexp_extract(text.参数, '本项每月最多加=([0-9.]+)', 1), '')::DECIMAL(6, 2) AS most_bonus,
    coalesce(text.参数 LIKE '%考核期=季%', false) AS quarterly,
    coalesce(text.参数 LIKE '%同一事项只计最高=年%', false) AS per_matter,
    -- A rate is too low where numerator - bound × denominator < 0: nothing recorded is not assessed.
    CASE text.计分方式 WHEN '比率低于' THEN 1 ELSE -coalesce(rate.bound, 0) END::DECIMAL(4, 2) AS rate_weight
FROM text
LEFT JOIN cap USING (板块)
LEFT JOIN text AS rate ON rate.clause = text.clause AND rate.denominator = text.情形或指标
"""

ROSTER = """
CREATE TABLE unit AS
SELECT row_number() OVER ()::INTEGER AS unit, 单位 AS name
FROM read_csv($roster, delim = ',', quote = '"', header = true, all_varchar = true)
"""

YEAR = r"""
WITH fact AS (
    SELECT
        unit, line,
        substr(月份, 6, 2)::TINYINT AS reported,
        -- A quarterly indicator counts in the quarter's last month.
        CASE WHEN quarterly THEN (reported + 2) // 3 * 3 ELSE reported END::TINYINT AS month,
        CASE WHEN per_matter THEN 事项 END AS matter,
        make_date(2023, reported, 1) AS first_day,
        CASE
            WHEN kind = '酌情' THEN 分值
            WHEN kind = '每迟一天' THEN greatest(完成日期 - 截止日期, 0)
            -- Of what is overdue each day counts in its own month, up to the month's end while it is open.
            WHEN kind = '每逾期一天(跨月分摊)' THEN
                greatest(least(完成日期, last_day(first_day)) - greatest(截止日期, first_day - 1), 0)
            WHEN 数量 IS NULL THEN 1
            WHEN suffix(数量, '%') THEN rtrim(数量, '%')::DECIMAL(7, 4) * 0.01
            ELSE 数量::DECIMAL(8, 0)
        END::DECIMAL(15, 6) AS amount
    FROM read_csv($facts, auto_detect = false, header = true, delim = ',', quote = '"', columns = {
        '月份': 'VARCHAR', '单位': 'VARCHAR', '条款': 'VARCHAR', '情形': 'VARCHAR', '数量': 'VARCHAR',
        '分值': 'DECIMAL(8, 4)', '事项': 'VARCHAR', '截止日期': 'DATE', '完成日期': 'DATE', '依据': 'VARCHAR',
        '备注': 'VARCHAR'
    })
    JOIN unit ON name = 单位
    JOIN line ON clause = 条款 AND label = 情形
),
-- What was reported about a line in a month: pieces, points or days.
reported AS (
    SELECT unit, month, line, matter, sum(amount)::DECIMAL(15, 6) AS amount, max(reported) AS last_month
    FROM fact
    GROUP BY unit, month, line, matter
),
-- What the line gives.
scored AS (
    SELECT
        unit, month, section, matter, most_deduction,
        CASE kind
            WHEN '每…计' THEN points * CASE WHEN per_matter THEN least(amount, 1) ELSE amount END
            WHEN '每迟一天' THEN points * amount
            WHEN '每逾期一天(跨月分摊)' THEN points * amount
            WHEN '当月计一次' THEN points * (amount > 0)::TINYINT
            WHEN '等次' THEN points * (amount > 0)::TINYINT
            WHEN '一票否决' THEN points * (amount > 0)::TINYINT
            WHEN '酌情' THEN least(points * amount, most_bonus)
            WHEN '指标低于' THEN points * (amount < bound)::TINYINT
            WHEN '指标每少一' THEN points * greatest(bound - amount, 0)
            WHEN '分档' THEN CASE amount WHEN 0 THEN 0 WHEN 1 THEN 2 WHEN 2 THEN 4 ELSE 5 END
        END::DECIMAL(15, 4) AS given,
        rate_weight * amount AS rate_margin,
        CASE WHEN kind = '比率低于' THEN -points ELSE 0 END AS rate_deduction,
        kind = '一票否决' AND amount > 0 AS vetoed
    FROM reported
    JOIN line USING (line)
    -- A quarter without its last month is not over.
    WHERE NOT quarterly OR last_month = month
),
section_month AS (
    SELECT
        unit, month, section, matter,
        max(given) AS best,
        sum(greatest(given, 0))::DECIMAL(15, 4) AS bonus,
        -sum(least(given, 0))::DECIMAL(15, 4) AS deduction,
        CASE WHEN sum(rate_margin) < 0 THEN max(rate_deduction) ELSE 0 END AS rate_deduction,
        max(most_deduction) AS most_deduction,
        bool_or(vetoed) AS vetoed
    FROM scored
    GROUP BY unit, month, section, matter
),
-- Sections take at most their cap. Of a matter only the best counts over the year: its months' top-ups come to that.
matter_year AS (
    SELECT
        unit,
        CASE WHEN matter IS NOT NULL THEN max(best)
            ELSE sum(bonus - coalesce(least(deduction + rate_deduction, most_deduction), 0)) END AS points,
        bool_or(vetoed) AS vetoed
    FROM section_month
    GROUP BY unit, matter
),
unit_year AS (
    SELECT unit, name, coalesce(sum(points), 0) AS total, coalesce(bool_or(vetoed), false) AS vetoed
    FROM unit
    LEFT JOIN matter_year USING (unit)
    GROUP BY unit, name
)
-- Ties share a rank: 1, 2, 2, 4. The vetoed come last.
SELECT name, rank() OVER (ORDER BY vetoed, total DESC) AS rank, rtrim(rtrim(total::VARCHAR, '0'), '.') AS total
FROM unit_year
ORDER BY rank, unit
"""


def main(folder, lines):
    roster = folder / "单位.csv"
    facts = [str(path) for path in sorted(folder.rglob("*.csv")) if path != roster]
    database = duckdb.connect()
    database.execute(CAPS)
    database.execute(KINDS)
    database.execute(LINES, {"lines": lines})
    database.execute(ROSTER, {"roster": str(roster)})
    rows = database.execute(YEAR, {"facts": facts}).fetchall()
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["单位", "名次", "总分"])
    out.writerows(rows)


main(Path(sys.argv[1]), sys.argv[2])

//! The one spelling of each set of words that mean the same.

use crate::parse::one_word;
use crate::syntax::Rule as Token;

/// The canonical word for a keyword, whatever was written; `None` where the author's own wording stays.
pub fn word(token: Token) -> Option<&'static str> {
    Some(match token {
        // Joints of a sentence.
        Token::TO => "至",
        Token::AND => "且",
        Token::OR => "或",
        Token::NOT => "并非",
        Token::WHEN => "当",
        Token::ANEW => "每",
        Token::OTHERWISE | Token::REST_OF => "其余",
        Token::IS => "为",
        Token::IS_NOT => "不为",
        Token::EQUAL => "等于",
        Token::NOT_EQUAL => "不等于",
        Token::OR_MORE => "及以上",
        Token::OR_LESS => "及以下",
        Token::AND_AFTER | Token::BEHIND => "及以后",
        // How often.
        Token::MONTHLY => "每月",
        Token::QUARTERLY => "每季度",
        Token::HALF_YEARLY => "每半年",
        Token::YEARLY => "全年",
        // Arithmetic.
        Token::PLUS => "+",
        Token::MINUS => "-",
        Token::TIMES => "×",
        Token::DIVIDED => "÷",
        Token::SUM_OF => "之和",
        Token::MEAN_OF => "平均",
        Token::MEAN_POINTS => "得分平均",
        Token::GREATEST_OF => "最高",
        Token::LEAST_OF => "最低",
        Token::NONE_BEFORE => "没有的按",
        Token::LOW_FIRST => "由低到高",
        Token::HIGH_FIRST => "由高到低",
        Token::LESSER => "较低者",
        Token::GREATER => "较高者",
        Token::ROUND_DOWN => "只舍不入",
        Token::ROUND_UP => "只入不舍",
        // Conditions.
        Token::IS_VETOED => "被一票否决",
        Token::NOT_VETOED => "未被一票否决",
        Token::NOT_GRADED => "未被评为",
        Token::TAKES_NONE => "不占名额",
        Token::TAKES_PLACE => "占名额",
        Token::GRADE_WORD => "等次",
        Token::INTERPOLATED => "按直线插值",
        Token::ANY_PART => "任一项",
        Token::ONE_PART => "至少一项",
        Token::NO_PART => "没有一项",
        Token::EVERY_PART => "每一项",
        Token::REPORTED => "已报",
        // What a line gives.
        Token::DEDUCT => "扣",
        Token::ADD => "加",
        Token::GAIN => "得",
        Token::JUDGED => "酌情",
        Token::STOP_AT_ZERO => "扣完为止",
        Token::ALSO => "并",
        Token::HALVED | Token::REFUND_HALF => "减半",
        Token::DOUBLED => "加倍",
        Token::NOT_DEDUCTED => "不扣",
        Token::LATE => "逾期",
        Token::ONWARDS => "起",
        Token::IGNORED => "不计",
        Token::PROPORTIONAL => "按比例计",
        Token::NO_LIMIT => "不封顶",
        Token::RUNNING_DAYS => "按日累计",
        Token::UNTIL_DONE => "至完成之日止",
        Token::by_person => "按人员计次",
        Token::by_matter => "按事项计次",
        Token::TOP_UP => "已计分的补足差额",
        Token::FIRST_STANDS => "已计分的不再计",
        Token::WHEN_MISSING => "缺报的",
        Token::STOP_RUN => "停止计算",
        Token::VETO_YEAR => "年终排名末位",
        Token::zero_item => "本项计零",
        Token::COLLECT_LAST => "取期末数",
        // Lines of an item.
        Token::CAP_DEDUCTION => "扣分封顶",
        Token::CAP_BONUS => "加分封顶",
        Token::CAP_POINTS => "得分封顶",
        Token::FLOOR => "得分不低于",
        Token::OVER_FULL => "加分可超过满分",
        Token::WITHIN_FULL => "加分不超过满分",
        Token::FROM_ZERO => "从零计起",
        Token::COMBINE => "各项",
        Token::SUM_WORD => "相加",
        Token::MINUS_APART => "扣分不参选，另扣",
        Token::RENORMALIZE => "不适用的权重按比例分摊",
        Token::COUNT_ZERO => "不适用的计0分",
        Token::MARKS_LOST => "不适用的计0分",
        Token::SHARED_MARKS => "不适用的按其余得分率折算",
        Token::COEFFICIENT => "系数",
        // The head, conventions and stages.
        Token::PER_UNIT => "每单位",
        Token::GLOBAL => "统一",
        Token::RANK_IN_GROUPS => "分组排名",
        Token::UNRANKED => "不参加排名",
        Token::SHARED_GAPS => "并列，其后名次顺延空出",
        Token::PASSED => "依次递补",
        Token::NOT_REPAIRED => "至今没有",
        Token::ROLLED => "照样计入",
        Token::ROLLED_YEAR => "年终",
        Token::QUOTA_HALF_UP => "四舍五入取整",
        Token::QUOTA_DOWN => "只取整数",
        Token::BOTTOM => "后",
        _ => return None,
    })
}

/// The canonical word where it depends on what was written.
pub fn variant(token: Token, written: &str) -> Option<&'static str> {
    Some(match (token, written) {
        (Token::EARLIER, word) => return one_word(word),
        (Token::EACH_PERIOD, "各季" | "季度" | "每季" | "每季度") => "各季度",
        (Token::EACH_PERIOD, "月度" | "每月") => "各月",
        (Token::STREAK_UNIT, "季度") => "个季度",
        (Token::NOTHING, "不扣不加") => "不加不扣",
        (Token::NOTHING, "不扣") => "不扣分",
        (Token::NOTHING, "不加") => "不加分",
        (Token::NO_MARKS, _) => "不得分",
        (Token::VETO_BOTH, "当月、年终排名末位") => "当月和年终排名末位",
        (Token::VETO_PERIOD, "季度排名末位") => "当季排名末位",
        (Token::PER_ROW, "单次") => "每次",
        (Token::unit, "百分点") => "个百分点",
        (Token::unit, "工作日") => "个工作日",
        (Token::unit, "自然日") => "个自然日",
        (Token::cycle_unit, "季") => "季度",
        (Token::ONCE_A_PERIOD, written) => match written.chars().nth(1) {
            Some('月') => "当月只计一次",
            Some('季') => "当季只计一次",
            Some('年') => "当年只计一次",
            _ if written.starts_with('当') => "当期只计一次",
            _ => "每期只计一次",
        },
        _ => return None,
    })
}

/// Words that are no rule of the grammar, by the rule they stand in; replaced in this order.
pub fn literals(token: Token) -> &'static [(&'static str, &'static str)] {
    match token {
        Token::count_scope => &[("计算", "计次")],
        Token::scale_to => &[("折算为", "折为"), ("折合", "折为")],
        Token::needs => &[("附", "有"), ("注明", "有"), ("写明", "有")],
        Token::grade_set => &[("直接", ""), ("确定为", "定为"), ("评定为", "定为"), ("评为", "定为")],
        Token::grade_most => &[("最高为", "不得高于")],
        Token::grade_down => &[("下调", "降"), ("降低", "降"), ("下降", "降"), ("级", "档"), ("等", "档")],
        Token::grade_up => &[("上升", "升"), ("上调", "升"), ("晋", "升"), ("级", "档"), ("等", "档")],
        Token::of_parts => &[("分数", "得分")],
        Token::quota => {
            &[("排名", ""), ("名额", ""), ("至多", "不超过"), ("最多", "不超过"), ("个", "名"), ("家", "名")]
        }
        Token::withheld_who => &[("被", "")],
        Token::missing_all => &[("指标", "")],
        Token::best_of => &[("：", "，"), ("；", "，")],
        Token::indicator => &[("：", "，")],
        Token::columns | Token::attributes => &[("；", "、")],
        Token::award_when => &[("，", "：")],
        Token::per | Token::streak | Token::phrase | Token::cased | Token::quota_rounding => &[("，", "")],
        _ => &[],
    }
}

/// Words after which a space stands, as after the keyword of a line.
pub fn is_keyword(token: Token) -> bool {
    matches!(
        token,
        Token::CITE
            | Token::READING
            | Token::DEPARTMENT
            | Token::CYCLE_WORD
            | Token::START
            | Token::CAP_DEDUCTION
            | Token::CAP_BONUS
            | Token::CAP_POINTS
            | Token::FLOOR
            | Token::WEIGHT
            | Token::APPLIES
            | Token::COEFFICIENT
            | Token::WHEN
            | Token::OTHERWISE
    )
}

/// Literals that open a line and are followed by a space.
pub const OPENERS: &[&str] = &[
    "方案",
    "文号",
    "施行",
    "考评对象",
    "考核对象",
    "评价对象",
    "事实列",
    "单位属性",
    "参数",
    "分组",
    "指标",
    "板块",
    "排名",
    "等次",
    "奖惩",
];

/// Words that mean something of their own in a formula; a name that is one of them keeps its quotes.
pub const WORDS: &[&str] = &[
    "总分",
    "得分",
    "总得分",
    "年终得分",
    "学年得分",
    "全年得分",
    "任期得分",
    "季度得分",
    "满分",
    "得分率",
    "名次",
    "数量",
    "分值",
    "系数",
    "位次",
    "人数",
    "原满分",
    "逾期天数",
    "逾期工作日",
    "整改天数",
    "在册月数",
    "施行月数",
];

/// Measure words that one speaks of as 不足 and 不少于 rather than 低于 and 不低于: what is counted one by one.
pub fn is_counted(unit: &str) -> bool {
    const COUNTED: &[&str] = &[
        "件",
        "次",
        "人",
        "人次",
        "条",
        "项",
        "项次",
        "卷",
        "起",
        "例",
        "篇",
        "场",
        "个",
        "户",
        "家",
        "所",
        "份",
        "期",
        "宗",
        "案",
        "处",
        "台",
        "辆",
        "村",
        "部",
        "本",
        "册",
        "门",
        "幅",
        "批",
        "轮",
        "类",
        "天",
        "日",
        "个月",
        "工作日",
        "个工作日",
        "自然日",
        "个自然日",
        "小时",
        "分钟",
        "课时",
        "学时",
    ];
    COUNTED.contains(&unit)
}

//! What a comparison yields: changes, each said in a sentence beside the lines that made it.

use serde::Serialize;

use super::witness::Effect;

/// Which part of the answer a change stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Never gives more points than before.
    Stricter,
    /// Never gives fewer points than before.
    Looser,
    /// Sometimes more, sometimes fewer, or not comparable.
    Changed,
    Added,
    Removed,
    /// Renumbered, renamed, or moved elsewhere.
    Moved,
    /// The header, 约定, 排名, 等次 and 参评.
    Conventions,
    Awards,
    /// 依据, 责任股室 and 读法: nothing that is computed.
    Notes,
    /// Other words for the same.
    Wording,
}

impl Section {
    pub const ALL: [Section; 10] = [
        Section::Stricter,
        Section::Looser,
        Section::Changed,
        Section::Added,
        Section::Removed,
        Section::Moved,
        Section::Conventions,
        Section::Awards,
        Section::Notes,
        Section::Wording,
    ];

    /// Where it stands if the books change places.
    pub fn turned(self) -> Section {
        match self {
            Section::Stricter => Section::Looser,
            Section::Looser => Section::Stricter,
            Section::Added => Section::Removed,
            Section::Removed => Section::Added,
            other => other,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Section::Stricter => "从严",
            Section::Looser => "从宽",
            Section::Changed => "有改动，有严有宽或难分严宽",
            Section::Added => "新增",
            Section::Removed => "取消",
            Section::Moved => "移动、改编号、改名称",
            Section::Conventions => "约定、排名和等次",
            Section::Awards => "奖惩",
            Section::Notes => "依据、责任股室和读法",
            Section::Wording => "只改文字",
        }
    }
}

/// Which way points go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Never more than before.
    NeverMore,
    /// Never fewer than before.
    NeverFewer,
    Unknown,
}

impl Direction {
    pub fn reversed(self) -> Direction {
        match self {
            Direction::NeverMore => Direction::NeverFewer,
            Direction::NeverFewer => Direction::NeverMore,
            Direction::Unknown => Direction::Unknown,
        }
    }

    /// In words, of one clause.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Direction::NeverMore => Some("这一处在任何情况下都不会比原来多得分"),
            Direction::NeverFewer => Some("这一处在任何情况下都不会比原来少得分"),
            Direction::Unknown => None,
        }
    }
}

/// A line of one of the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// The document that holds it, without its folders.
    pub file: String,
    /// From 1, in that document.
    pub line: usize,
    /// The line as the consolidated rulebook has it.
    pub text: String,
}

/// One difference.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// From 1: how parts of an impact and acknowledgements name it.
    pub number: usize,
    pub section: Section,
    /// `社区矫正工作.1 缺项`
    pub subject: String,
    /// `社区矫正工作.1 缺项：每项由扣1分改为扣2分`
    pub sentence: String,
    /// The lines that say it, in either book.
    pub old: Vec<SourceLine>,
    pub new: Vec<SourceLine>,
    pub direction: Direction,
    pub effect: Effect,
    /// Clauses that say the same as before and mean something else because of this.
    pub follows: Vec<String>,
    /// Changes when this change does: what a file of acknowledgements names.
    pub print: String,
    /// Someone has read it and wants it so; `None` where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<bool>,
    #[serde(skip)]
    pub about: About,
    /// The lines that say it, in the consolidated texts, from 1.
    #[serde(skip)]
    pub at: (Vec<usize>, Vec<usize>),
}

/// What of either plan a change is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub old: Option<Subject>,
    pub new: Option<Subject>,
    /// Pairs of what follows from it.
    pub follows: Vec<Pair>,
}

/// The same thing in the old and in the new book.
pub type Pair = (Option<Subject>, Option<Subject>);

impl Change {
    /// All that it is about, what follows from it last.
    pub fn all(&self) -> Vec<Pair> {
        let own = (self.about.old.clone(), self.about.new.clone());
        std::iter::once(own).chain(self.about.follows.iter().cloned()).collect()
    }

    /// The same change where the books change places.
    pub fn turned(&self) -> Change {
        let mut turned = self.clone();
        std::mem::swap(&mut turned.old, &mut turned.new);
        std::mem::swap(&mut turned.at.0, &mut turned.at.1);
        std::mem::swap(&mut turned.about.old, &mut turned.about.new);
        turned.about.follows.iter_mut().for_each(|(old, new)| std::mem::swap(old, new));
        turned.direction = self.direction.reversed();
        turned.section = self.section.turned();
        turned
    }
}

/// A piece of a plan that can change by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A label of a node: its input, its lines, its measure.
    Clause {
        node: crate::plan::NodeId,
        label: String,
    },
    /// A property of a node.
    Facet {
        node: crate::plan::NodeId,
        facet: Facet,
    },
    /// Numbers are places in the plan.
    Award(usize),
    Ranking(usize),
    Grading(usize),
    Excluded,
    RollUp,
    Header,
    /// 更正…: what becomes of mistakes in published months.
    Corrections,
    /// 报送期限
    Due,
}

/// A property of a node, by the word of the rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Its number, title and place.
    Name,
    /// Whether and when it is in force.
    InForce,
    Cycle,
    Landing,
    Applies,
    Start,
    Full,
    Combine,
    Weight,
    SameMatter,
    CapDeduction,
    CapBonus,
    CapPoints,
    Floor,
    Multiply,
    Set,
    MultiplyWhen,
    CapWhen,
    Round,
    /// The order of its steps.
    Order,
    Citation,
    Department,
    Reading,
}

impl Facet {
    /// Words that stand in the lines which say it.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Facet::Name | Facet::InForce => &[],
            Facet::Cycle | Facet::Landing => &["考评周期", "只在", "计入", "之和", "平均"],
            Facet::Applies => &["适用"],
            Facet::Start => &["基础分", "起评", "满分"],
            Facet::Full => &["满分"],
            Facet::Combine => &["取最", "加权", "平均", "合计", "权重"],
            Facet::Weight => &["权重"],
            Facet::SameMatter => &["同一"],
            Facet::CapDeduction => &["扣分封顶", "扣分", "扣完", "不封顶", "最多扣"],
            Facet::CapBonus => &["加分封顶", "加分", "不封顶", "最多加"],
            Facet::CapPoints => &["得分封顶", "封顶", "满分"],
            Facet::Floor => &["不低于", "扣完", "满分"],
            Facet::Multiply => &["系数"],
            Facet::Set | Facet::MultiplyWhen | Facet::CapWhen => &["当", "任一", "除"],
            Facet::Round => &["保留"],
            Facet::Order => &[],
            Facet::Citation => &["依据"],
            Facet::Department => &["责任", "部门"],
            Facet::Reading => &["读法"],
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Facet::Name => "名称",
            Facet::InForce => "施行时间",
            Facet::Cycle => "考评周期",
            Facet::Landing => "计入的期间",
            Facet::Applies => "适用",
            Facet::Start => "起评分",
            Facet::Full => "满分",
            Facet::Combine => "合计办法",
            Facet::Weight => "权重",
            Facet::SameMatter => "同一事项",
            Facet::CapDeduction => "扣分封顶",
            Facet::CapBonus => "加分封顶",
            Facet::CapPoints => "得分封顶",
            Facet::Floor => "最低分",
            Facet::Multiply => "系数",
            Facet::Set => "条件改分",
            Facet::MultiplyWhen => "条件系数",
            Facet::CapWhen => "条件封顶",
            Facet::Round => "保留位数",
            Facet::Order => "计算次序",
            Facet::Citation => "依据",
            Facet::Department => "责任股室",
            Facet::Reading => "读法",
        }
    }
}

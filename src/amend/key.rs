//! What a line of a rulebook is about, so that an amendment can find the line it means.

use crate::parse::{Context, Statement, name_of, top_colon, top_level};
use crate::syntax::Rule as Token;

/// Two lines of one block with equal keys speak of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    kind: Option<Token>,
    /// 情形, 指标, 量…; empty where the kind says it all.
    pub name: String,
    /// Several such lines may stand side by side: 读法, 依据, 当….
    pub many: bool,
    /// Of a cap: the period that it says. 全年12分 and 每月6分 are two caps.
    period: Option<char>,
}

/// Whether a line that an amendment may name may say one thing in some months and another in others.
pub fn may_vary(context: Context, kind: Token) -> bool {
    match context {
        Context::Conventions => {
            matches!(kind, Token::base_points | Token::cap | Token::floor | Token::when_node)
        }
        _ => matches!(
            kind,
            Token::head
                | Token::measure
                | Token::indicator
                | Token::cap
                | Token::floor
                | Token::coefficient
                | Token::start
                | Token::when_node
                | Token::cite
                | Token::reading
        ),
    }
}

impl Key {
    /// A line that does not parse is known by its text alone.
    pub fn unknown(text: &str) -> Key {
        Key { kind: None, name: text.to_owned(), many: true, period: None }
    }

    /// The heading of a block, which is none of its lines.
    pub fn heading() -> Key {
        Key { kind: Some(Token::heading), name: "标题".to_owned(), many: false, period: None }
    }

    pub fn of(statement: &Statement<'_>) -> Key {
        let pair = statement.inner();
        let text = statement.line.plain.text.as_str();
        let mut kind = pair.as_rule();
        let before = |sign: char| {
            let at = if sign == ':' { top_colon(text) } else { top_level(text, sign) };
            text[..at.unwrap_or(text.len())].trim().to_owned()
        };
        let child = |kind: Token| pair.child(kind).map(|child| name_of(&child)).unwrap_or_default();
        let mut many = false;
        let name = match kind {
            Token::head => child(Token::head_name),
            Token::measure => child(Token::measure_name),
            Token::indicator | Token::grade_band | Token::parameter => child(Token::head_name_short),
            Token::grade_quota => child(Token::quota_grade),
            Token::award_places if !pair.has(Token::WHEN) => {
                let first = pair.child(Token::place_prizes).and_then(|part| part.child(Token::places));
                first.map(|places| name_of(&places).replace(' ', "")).unwrap_or_default()
            }
            Token::award_places | Token::award_named | Token::award_grade | Token::award_when => {
                before(':').replace(' ', "")
            }
            Token::roll_up_is => {
                kind = Token::measure;
                before('=')
            }
            Token::columns | Token::attributes => pair
                .child(Token::declaration)
                .and_then(|declaration| declaration.child(Token::head_name_short))
                .map(|name| name_of(&name))
                .unwrap_or_default(),
            Token::cap => {
                let has = |kinds: [Token; 2]| kinds.into_iter().any(|kind| pair.has(kind));
                match (has([Token::CAP_DEDUCTION, Token::MOST_TAKEN]), has([Token::CAP_BONUS, Token::MOST_ADDED])) {
                    (true, _) => "扣分封顶",
                    (_, true) => "加分封顶",
                    _ => "得分封顶",
                }
                .to_owned()
            }
            Token::landing_rule => text.split("考评").next().unwrap_or_default().to_owned(),
            Token::missing_all => {
                let rule = pair.child(Token::missing_rule);
                format!("{}", rule.is_some_and(|rule| rule.has(Token::WHEN_MISSING)))
            }
            // 当 发生缺项，…: by what must hold.
            Token::when_node | Token::grade_rule => {
                many = true;
                text.split(',').next().unwrap_or_default().replace(' ', "")
            }
            Token::reading
            | Token::cite
            | Token::excluded
            | Token::withheld_when
            | Token::table_row
            | Token::share_row
            | Token::example_when
            | Token::example_fact
            | Token::example_expect
            | Token::example_roster => {
                many = true;
                String::new()
            }
            _ => String::new(),
        };
        let cycle = pair.child(Token::cycle).filter(|_| kind == Token::cap);
        let period = cycle.and_then(|cycle| cycle.as_str().trim().chars().find(|c| "月季半年任".contains(*c)));
        Key { kind: Some(kind), name, many, period }
    }

    /// Whether both are caps of one kind, of whatever periods, or conditions of a node or of grades, whatever must hold.
    pub fn is_akin(&self, other: &Key) -> bool {
        let is_kind = |kind: Token| self.kind == Some(kind) && other.kind == Some(kind);
        is_kind(Token::when_node) || is_kind(Token::grade_rule) || is_kind(Token::cap) && self.name == other.name
    }

    /// Whether it is a cap that stands beside one of another period.
    pub fn stands_beside(&self, other: &Key) -> bool {
        self.period.is_some() && other.period.is_some() && self.period != other.period
    }

    /// Whether it is a cap.
    pub fn is_cap(&self) -> bool {
        self.kind == Some(Token::cap)
    }

    /// 系数, of which several are done one after the other.
    pub fn follows_others(&self) -> bool {
        self.kind == Some(Token::coefficient)
    }

    /// Whether it is a row of a table, which belongs to the line before it.
    pub fn is_row(&self) -> bool {
        matches!(self.kind, Some(Token::table_row | Token::share_row))
    }

    /// Whether it is 文号.
    pub fn is_number(&self) -> bool {
        self.kind == Some(Token::scheme_number)
    }

    /// Whether such a line of a part of a rulebook may say one thing in some months and another in others.
    pub fn may_vary(&self, context: Context) -> bool {
        self.kind.is_some_and(|kind| may_vary(context, kind))
    }

    /// Several lines may speak of one 情形, and are then changed together.
    pub fn is_label(&self) -> bool {
        self.kind == Some(Token::head)
    }

    /// Whether it has a name that somebody gave it, and others may misspell.
    pub fn is_named(&self) -> bool {
        !self.name.is_empty() && !matches!(self.kind, Some(Token::cap | Token::when_node | Token::grade_rule))
    }

    /// How a clerk calls the line.
    pub fn matches_name(&self, name: &str) -> bool {
        !self.name.is_empty() && self.name == name
    }
}

//! The columns of facts that have a meaning of their own.

macro_rules! roles {
    ($($role:ident $name:literal,)*) => {
        /// A column with a fixed meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $($role,)* }

        impl Role {
            pub const ALL: &'static [Role] = &[$(Role::$role,)*];

            /// As headers call it.
            pub fn name(self) -> &'static str {
                match self { $(Role::$role => $name,)* }
            }
        }
    };
}

roles! {
    Month "月份",
    Period "期间",
    Unit "单位",
    Group "对象分组",
    Clause "条款",
    Label "情形",
    Quantity "数量",
    Points "分值",
    Matter "事项",
    Deadline "截止日期",
    Completed "完成日期",
    Department "报送部门",
    Basis "依据",
    Note "备注",
    Rater "评分人",
    RaterGroup "评价组",
    Ballot "评价人",
    Person "人员",
    Occurred "发生日期",
    Found "发现日期",
    Standing "认定",
    Place "位次",
    People "人数",
    Coefficient "系数",
    Number "编号",
    Repairs "针对编号",
    Repaired "整改日期",
    Scale "原满分",
    Evidence "佐证",
}

impl Role {
    /// Whether it says something of a row beyond where, what and how much.
    pub fn is_detail(self) -> bool {
        !matches!(
            self,
            Role::Month
                | Role::Period
                | Role::Unit
                | Role::Group
                | Role::Clause
                | Role::Label
                | Role::Quantity
                | Role::Department
        )
    }
}

//! Rulebooks of any length, of the lines that real schemes are made of: random, but the same every time.

/// A rulebook of about `lines` lines: many sections with items of scoring lines, then stages and a few 例.
pub fn rulebook(lines: usize) -> String {
    let mut text = String::from(HEAD);
    let mut chance = Chance(20_231_201);
    let mut count = text.lines().count() + TAIL.lines().count();
    let mut section = 0;
    while count < lines {
        section += 1;
        let mut block =
            format!("\n板块 第{section}项工作\n  责任部门 {}\n  扣分封顶 每月40分\n", chance.of(DEPARTMENTS));
        for item in 1..=12 {
            block.push_str(&format!("\n  {item}. {}\n     依据 细则·第{section}项工作·{item}\n", chance.of(TITLES)));
            let from = chance.below(LINES.len());
            for index in 0..4 {
                let line = LINES[(from + index * 5) % LINES.len()];
                let points = (chance.below(9) + 1).to_string();
                let target = (chance.below(8) * 5 + 10).to_string();
                let line = line.replace("{N}", &points).replace("{T}", &target).replace("{I}", &index.to_string());
                line.lines().for_each(|line| block.push_str(&format!("     {line}\n")));
            }
        }
        count += block.lines().count();
        text.push_str(&block);
    }
    text + TAIL
}

/// The same text as somebody types it: half-width signs, no columns, other words for the same.
pub fn as_typed(text: &str) -> String {
    let swaps = [("：", ":"), ("，", ","), ("；", ";"), ("不少于", "至少"), ("低于", "不足"), ("     ", "  ")];
    swaps.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Numbers that look random and repeat themselves.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

const HEAD: &str = "\
方案      某某市综合考核办法
施行      2024年1月至2024年12月
考评对象  单位
考评周期  每月
事实列    级别：国家级、省级、市级

约定
  每月基础分 100分
  年终得分 = 各月得分之和
  未写“每”的，当月只计一次
  同分并列，其后名次顺延空出
  一票否决的排在末位，相互间按得分高低排序
  逾期按自然日计算，截止当日不计

板块 基本工作
  1. 台账
     依据 细则·基本工作·1
     资料缺项：每项扣1分
";

const TAIL: &str = "
奖惩 年终
  第1名至第3名：奖励3000元
  后1名：约谈

例 缺两项
  2024年3月 甲所
  基本工作.1 资料缺项 2项
  则 基本工作.1 -2分
";

const DEPARTMENTS: &[&str] = &["办公室", "督查科", "法治科", "基层科"];
const TITLES: &[&str] = &["台账管理", "信息报送", "案卷评查", "值班备勤", "宣传培训", "督查整改", "平安建设"];

const LINES: &[&str] = &[
    "资料缺项{I}：每项扣{N}分",
    "未建立制度{I}：扣{N}分",
    "录入件数{I}（件）：不少于{T}件，每少1件扣{N}分",
    "办结率{I}（%）：低于90%扣{N}分",
    "上稿条数{I}（条）：1条加2分；2条加4分；3条及以上加{N}分",
    "迟报材料{I}：每逾期1天扣{N}分",
    "被通报批评{I}：第1次扣1分，第2次起每次扣{N}分，全年连续计次",
    "获得表彰{I}：按 级别 查表加分\n  国家级  10分\n  省级    5分\n  市级    {N}分",
    "工作不力{I}：酌情扣1至9分",
    "群众投诉{I}：每件扣{N}分，最多扣20分",
    "抽查合格{I}（%）：不低于80%加{N}分；低于80%扣{N}分",
    "无故缺席{I}：每人次扣{N}分",
];

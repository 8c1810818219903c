//! `show` writes the sign of every word of comparison beside its line, and what it prints still means the same.

mod scratch;

use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::Style;
use zhunsheng::signs;
use zhunsheng::source::Source;

use scratch::{compile, rulebooks, zhunsheng};

#[test]
fn every_rulebook_shown_means_the_same() {
    for path in rulebooks("rulebooks") {
        let output = zhunsheng(["show".as_ref(), path.as_os_str()]);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("# ≥") || shown.contains("  ≥"), "{}", path.display());
        let (whole, _) = compile(&path);
        let (again, findings) = compile_text("显示.zs", &shown);
        let again = again.unwrap_or_else(|| panic!("{}", findings.render(Style::Human)));
        let mut whole = whole.unwrap();
        // What its lines are called is not what they mean.
        whole.plan.lines.clear();
        assert!(whole.is_same(&again), "{}", path.display());
    }
}

#[test]
fn each_word_has_its_sign() {
    let line = |text: &str| {
        let source = Source::new("一行.zs", format!("板块 工作\n  {text}\n"));
        signs::by_line(&source).remove(&2).unwrap_or_default()
    };
    for (text, sign) in [
        ("录入件数（件）：不少于30件，每少1件扣1分", "≥30件"),
        ("录入件数（件）：不超过30件，每多1件扣1分", "≤30件"),
        ("成功率（%）：低于９５％扣5分", "<95%"),
        ("件数（件）：3件以上加5分", "≥3件"),
        ("件数（件）：3件及以下加5分", "≤3件"),
        ("天数（天）：10天以内加5分", "≤10天"),
        ("天数（天）：超过10天扣5分", ">10天"),
        ("天数（天）：不满10天扣5分", "<10天"),
        ("天数（天）：满10天加5分", "≥10天"),
        ("件数（件）：1件加2分；2件加4分", ""),
        ("件数（件）：≥3件加5分", ""),
        ("缺项：每项扣1分", ""),
    ] {
        assert_eq!(line(text), sign, "{text}");
    }
}

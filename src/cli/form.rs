//! `zhunsheng form`: the forms that departments fill in for a period.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::{Builder, NamedTempFile};

use super::Ended;
use super::folder::Folder;
use super::load::Asked;
use super::reports::file_name;
use super::rulebook;
use super::session::{Session, Status, place_of};
use super::usage;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::facts::{self, Options};
use crate::form;
use crate::workdays::Workdays;

/// 生成一期的报送表，每个责任股室一份
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng form <方案文件> <数据文件夹> --period <期间> --out <文件夹>",
    next_help_heading = "选项"
)]
pub struct Form {
    #[command(flatten)]
    asked: Asked,
    /// 写到哪个文件夹；已有的报送表不覆盖
    #[arg(long, value_name = "文件夹")]
    out: PathBuf,
}

impl Form {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let Asked { rulebook, of } = &self.asked;
        let compiled = rulebook::load(rulebook, session)?;
        let plan = &compiled.plan;
        let longer = if plan.cycle < Cycle::Year { "，按更长的一期考评的也在里面" } else { "" };
        let period = of.base_period(plan, &format!("报送表按{}生成{longer}", plan.cycle.word()), session)?;
        let span = plan.calendar.period(period);
        // The roster alone is wanted: what is wrong with facts is told when they are scored.
        let folder = Folder::find(&of.data, plan, session)?;
        let options = Options { keep_entries: false, threads: 1, progress: None };
        let (store, findings) = facts::read(plan, folder.roster.as_ref(), None, &[], &options);
        let store = session.settle((Some(store), findings))?;
        // Forms print the day by the statutory calendar.
        let workdays = Workdays::statutory();
        let due = form::due(plan, period, workdays);
        if let Some(finding) = super::status::holidays_unknown(plan, due, workdays, &of.data) {
            session.report(finding.help("期限按周一至周五数的，节假日公布以后核对；不对的，另行通知各部门"));
        }
        let mut files = Vec::new();
        for form in form::forms(plan, period) {
            let path = self.out.join(format!("{} {}.xlsx", span.name, file_name(&form.department)));
            let bytes = form::workbook(&form, &store.roster);
            files.push((path, bytes.map_err(|error| unwritable(&self.out, &error.to_string(), session))?));
        }
        let written = write_all(&self.out, &files, session)?;
        session.print(|out| written.iter().try_for_each(|path| writeln!(out, "已写好：{}", path.display())))?;
        Ok(Status::Fine)
    }
}

fn unwritable(path: &Path, why: &str, session: &mut Session) -> Status {
    session.unable(Finding::error("cannot-access", place_of(path), format!("写不了“{}”：{why}", path.display())))
}

/// Those that are not there yet, all or none: a form that is there may be filled in already.
fn write_all<'f>(folder: &Path, files: &'f [(PathBuf, Vec<u8>)], session: &mut Session) -> Ended<Vec<&'f Path>> {
    let (there, files): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.exists());
    let mut taken = Status::Fine;
    for (path, _) in there {
        let message = format!("已有报送表“{}”，没有覆盖", path.display());
        let help = "写到另一个文件夹，或先移走旧的";
        if files.is_empty() {
            taken = session.unable(Finding::error("form-exists", place_of(path), message).help(help));
        } else {
            session.report(Finding::warning("form-exists", place_of(path), message).help(help));
        }
    }
    if taken != Status::Fine {
        return Err(taken);
    }
    fs::create_dir_all(folder).map_err(|error| session.cannot("建", folder, &error))?;
    let mut written = Vec::new();
    for (path, bytes) in &files {
        let file = beside(folder).and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            Ok(file)
        });
        written.push((path, file.map_err(|error| session.cannot("写", path, &error))?));
    }
    for (path, file) in written {
        file.persist_noclobber(path).map_err(|failed| session.cannot("写", path, &failed.error))?;
    }
    Ok(files.into_iter().map(|(path, _)| path.as_path()).collect())
}

/// A file that is moved to its place when it is whole; as readable as any other.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(everyone);
    builder.tempfile_in(folder)
}

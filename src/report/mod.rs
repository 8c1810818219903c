//! Results as text: one file per format. What is JSON as it stands derives that where it is defined.

#[cfg(feature = "office")]
mod book;
mod cases;
mod comparison;
pub mod correction;
mod csv;
pub mod difference;
mod json;
pub mod letter;
mod limits;
#[cfg(feature = "office")]
mod notice;
mod page;
#[cfg(feature = "office")]
mod paper;
#[cfg(feature = "office")]
mod result;
mod stages;
mod status;
mod table;
mod web;

#[cfg(feature = "office")]
pub use book::workbook as write_workbook;
pub use cases::write as write_cases;
pub use comparison::{write as write_comparison, write_json as write_comparison_json};
pub use csv::{write as write_csv, write_as_first_frozen as write_csv_as_first_frozen};
pub use json::{write as write_json, write_explanation, write_rulebook};
pub use limits::{write as write_limits, write_json as write_limits_json};
#[cfg(feature = "office")]
pub use notice::write as write_notice;
pub use page::write as write_page;
#[cfg(feature = "office")]
pub use result::write as write_result;
pub use stages::write as write_stages;
pub use status::{
    write as write_status, write_by_indicator as write_status_by_indicator, write_by_unit as write_status_by_unit,
    write_json as write_status_json,
};
pub use table::write as write_table;

#[cfg(test)]
pub(crate) mod sample;

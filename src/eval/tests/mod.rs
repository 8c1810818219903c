//! Plans and facts written by hand, one behavior each.

mod cohort;
mod items;
mod laws;
mod lines;
mod periods;
mod sheet;

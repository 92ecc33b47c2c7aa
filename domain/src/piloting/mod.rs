//! The files that say which pool a store belongs to and where that pool is.
//!
//! | room | what |
//! |---|---|
//! | [`endpoints`] | the pools of a region, and the addresses of each in each location |
//! | [`assignment`] | which of two pools a store belongs to |
//! | [`decide`] | the pool of one store, and why |
//! | [`mistake`] | what is wrong with a file, each with its line |
//!
//! Both are written by people, signed and published; a file with mistakes is refused as a whole, with all of them.

pub mod assignment;
pub mod decide;
pub mod endpoints;
pub mod mistake;

pub use assignment::Assignment;
pub use decide::{Cohort, Decision, Why, cutoff, decide};
pub use endpoints::Endpoints;
pub use mistake::{Mistake, Mistakes};

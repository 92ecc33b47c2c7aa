//! Leading the store from pool to pool: by the region's signed files, between baskets, and never by the till's own idea.
//!
//! ```text
//! sync --newer files--> [files]: believed, newer, without mistakes --> disk --> [target]: which pool, and why
//! till import FILE ----------------------------------------------------------^        |
//!                             [mover]: due, agent new enough, pool answers, no basket open -> entry, then routes
//! ```
//! A file that is bad, older, unsigned or another region's is refused with its reason, and the last good one stays. Without
//! files the till talks to the pool and the addresses of till.toml.
//!
//! | room | what |
//! |---|---|
//! | [`files`] | the files in force, on the disk |
//! | [`target`] | what they mean for this store |
//! | [`mover`] | the move itself |

pub mod files;
pub mod mover;
pub mod target;

pub use files::{FileError, Files, InForce};
pub use target::Target;

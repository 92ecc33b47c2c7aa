//! A scale in memory.

use super::{failed, lock};
use crate::device::{Failure, FailureKind, Scale, Weighing};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A scale in memory.
#[derive(Debug, Clone)]
pub struct MockScale {
    state: Arc<Mutex<Result<Weighing, FailureKind>>>,
}

impl Default for MockScale {
    fn default() -> MockScale {
        MockScale { state: Arc::new(Mutex::new(Ok(Weighing::Empty))) }
    }
}

impl MockScale {
    /// A scale on which nothing lies.
    pub fn new() -> MockScale {
        MockScale::default()
    }

    /// What it answers from now on.
    pub fn set(&self, answer: Result<Weighing, FailureKind>) {
        *lock(&self.state) = answer;
    }
}

impl Scale for MockScale {
    fn weigh(&mut self, _deadline: Duration) -> Result<Weighing, Failure> {
        (*lock(&self.state)).map_err(failed)
    }
}

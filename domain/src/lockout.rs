//! Who guesses a PIN too often waits, longer each time.
//!
//! The clock may lie. Only steps forward count as time that passed, so that a clock that jumps back neither opens a
//! lock nor lengthens it by more than the step that was not seen. A clock that jumps forward cannot be told from time
//! that passed: a caller with a clock that only runs (since the machine's start) gives that one; its start at zero
//! after a restart is a jump back like any other. The state is kept over restarts, or switching the till off would
//! open the lock.

use serde::{Deserialize, Serialize};

/// Wrong tries before the first lock.
pub const TRIES_FREE: u32 = 5;
/// The first locks, in minutes: one after the fifth wrong try, the next after each wrong try thereafter. The last one
/// stays.
pub const LOCKS_MINUTES: [u64; 5] = [1, 2, 5, 15, 60];

const MINUTE_MS: u64 = 60_000;

/// Somebody must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong PINs: try again in {} s", .remaining_ms.div_ceil(1_000))]
pub struct Locked {
    /// How long.
    pub remaining_ms: u64,
}

/// One try of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// By the caller's clock.
    pub at_ms: u64,
    /// Whether the PIN was right.
    pub right: bool,
}

/// What is known of one cashier's tries, or of all tries at one till: the caller keeps as many as it guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lockout {
    /// Wrong tries since the last right one.
    wrong: u32,
    /// What is left of the lock.
    remaining_ms: u64,
    /// When that was so.
    seen_ms: u64,
}

impl Lockout {
    /// What `tries` lead to, in their order. A try while locked changes nothing: it is refused before the PIN is looked
    /// at.
    pub fn of(tries: &[Try]) -> Lockout {
        let mut lockout = Lockout::default();
        for one in tries {
            if lockout.handle_attempt(one.at_ms).is_ok() {
                lockout.handle_outcome(one.right, one.at_ms);
            }
        }
        lockout
    }

    /// Asked before a PIN is compared: whether it may be.
    pub fn handle_attempt(&mut self, now_ms: u64) -> Result<(), Locked> {
        self.pass(now_ms);
        if self.remaining_ms == 0 { Ok(()) } else { Err(Locked { remaining_ms: self.remaining_ms }) }
    }

    /// Told after a PIN was compared. A right one forgets the wrong ones.
    pub fn handle_outcome(&mut self, right: bool, now_ms: u64) {
        self.pass(now_ms);
        if right {
            *self = Lockout { seen_ms: now_ms, ..Lockout::default() };
            return;
        }
        self.wrong = self.wrong.saturating_add(1);
        if let Some(more) = self.wrong.checked_sub(TRIES_FREE) {
            let step = usize::try_from(more).unwrap_or(usize::MAX).min(LOCKS_MINUTES.len() - 1);
            self.remaining_ms = LOCKS_MINUTES[step] * MINUTE_MS;
        }
    }

    /// A manager lets them try again. One more wrong PIN locks again, for as long as it would have.
    pub fn handle_unlock(&mut self, now_ms: u64) {
        self.pass(now_ms);
        self.remaining_ms = 0;
    }

    /// How many more wrong PINs there may be before a lock.
    pub fn tries_left(&self) -> u32 {
        TRIES_FREE.saturating_sub(self.wrong).max(1)
    }

    fn pass(&mut self, now_ms: u64) {
        self.remaining_ms = self.remaining_ms.saturating_sub(now_ms.saturating_sub(self.seen_ms));
        self.seen_ms = now_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START_MS: u64 = 1_000_000_000;

    fn wrong(count: usize) -> Lockout {
        Lockout::of(&vec![Try { at_ms: START_MS, right: false }; count])
    }

    #[test]
    fn the_fifth_wrong_pin_locks_and_each_further_one_longer() {
        assert!(wrong(4).handle_attempt(START_MS).is_ok());
        assert_eq!((wrong(0).tries_left(), wrong(4).tries_left()), (5, 1));
        let mut lockout = wrong(5);
        let mut now_ms = START_MS;
        for minutes in [1, 2, 5, 15, 60, 60, 60] {
            let remaining_ms = minutes * MINUTE_MS;
            assert_eq!(lockout.handle_attempt(now_ms), Err(Locked { remaining_ms }));
            now_ms += remaining_ms - 1;
            assert_eq!(lockout.handle_attempt(now_ms), Err(Locked { remaining_ms: 1 }));
            now_ms += 1;
            assert_eq!(lockout.handle_attempt(now_ms), Ok(()));
            lockout.handle_outcome(false, now_ms);
        }
    }

    #[test]
    fn tries_while_locked_neither_count_nor_lengthen_the_lock() {
        assert_eq!(wrong(5), wrong(500));
    }

    #[test]
    fn a_right_pin_forgets_the_wrong_ones() {
        let mut tries = vec![Try { at_ms: START_MS, right: false }; 4];
        tries.push(Try { at_ms: START_MS, right: true });
        tries.extend([Try { at_ms: START_MS, right: false }; 4]);
        assert!(Lockout::of(&tries).handle_attempt(START_MS).is_ok());
    }

    #[test]
    fn a_clock_that_jumps_back_neither_opens_the_lock_nor_keeps_it_for_ever() {
        let mut lockout = wrong(5);
        assert_eq!(lockout.handle_attempt(START_MS + 20_000), Err(Locked { remaining_ms: 40_000 }));
        assert_eq!(lockout.handle_attempt(0), Err(Locked { remaining_ms: 40_000 })); // 1970
        assert_eq!(lockout.handle_attempt(39_999), Err(Locked { remaining_ms: 1 }));
        assert_eq!(lockout.handle_attempt(40_000), Ok(()));
    }

    #[test]
    fn a_manager_opens_the_lock_but_the_next_wrong_pin_closes_it_again() {
        let mut lockout = wrong(5);
        lockout.handle_unlock(START_MS);
        assert_eq!(lockout.handle_attempt(START_MS), Ok(()));
        lockout.handle_outcome(false, START_MS);
        assert_eq!(
            lockout.handle_attempt(START_MS).unwrap_err().to_string(),
            "too many wrong PINs: try again in 120 s"
        );
    }

    proptest! {
        #[test]
        fn no_guesser_tries_more_than_five_and_then_24_a_day(steps_ms in prop::collection::vec(0u64..3_600_000, 1..500)) {
            let (mut lockout, mut now_ms, mut compared) = (Lockout::default(), 0u64, 0u64);
            for step_ms in steps_ms {
                now_ms += step_ms;
                if lockout.handle_attempt(now_ms).is_ok() {
                    compared += 1;
                    lockout.handle_outcome(false, now_ms);
                }
            }
            // Five are free, four end the shorter locks, then one an hour.
            prop_assert!(compared <= 9 + now_ms / (60 * MINUTE_MS) + 1);
        }

        #[test]
        fn a_lock_never_grows_by_waiting(clock in prop::collection::vec(any::<u64>(), 1..50)) {
            let mut lockout = wrong(9);
            let mut last_ms = 60 * MINUTE_MS;
            for now_ms in clock {
                let remaining_ms = lockout.handle_attempt(now_ms).err().map_or(0, |locked| locked.remaining_ms);
                prop_assert!(remaining_ms <= last_ms);
                last_ms = remaining_ms;
            }
        }
    }
}

use super::*;
use crate::wire::Problem;
use proptest::prelude::*;

fn epoch(number: u128) -> Epoch {
    Epoch(uuid::Uuid::from_u128(number))
}

/// The hash that entry `seq` of `epoch` has in this test's journal.
fn hash(epoch: Epoch, seq: u64) -> Hash {
    let mut bytes = [0; 32];
    if seq > 0 {
        bytes[..16].copy_from_slice(epoch.0.as_bytes());
        bytes[16..24].copy_from_slice(&seq.to_be_bytes());
    }
    Hash(bytes)
}

/// An outbox with `seq` entries whose location has none of them.
fn started(seq: u64) -> Outbox {
    let mut outbox = Outbox::new(Numbers::default(), 1);
    outbox.handle_heads(&[Head { epoch: epoch(1), seq, acked: 0 }], 0);
    assert_eq!(outbox.next_command(), Some(Command::Ask(epoch(1))));
    outbox.handle_watermark(epoch(1), 0, Hash::ZERO, Some(Hash::ZERO), 0, 0);
    assert!(matches!(outbox.next_command(), Some(Command::Save { seq: 0, .. })));
    outbox
}

fn batch(reason: &str, seq: Option<u64>) -> Refusal {
    Refusal::Batch { reason: reason.to_owned(), seq, watermark: None }
}

#[test]
fn a_bad_entry_that_nobody_names_is_found_by_halves_and_goes_alone() {
    let mut outbox = started(100);
    let (bad, mut aside, mut requests) = (37, Vec::new(), 0);
    while let Some(command) = outbox.next_command() {
        match command {
            Command::Send { after_seq, max_entries, .. } => {
                requests += 1;
                let last = (after_seq + u64::from(max_entries)).min(100);
                if (after_seq + 1..=last).contains(&bad) {
                    outbox.handle_refusal(batch(Problem::REQUEST, None), (last - after_seq) as u32, 0);
                } else {
                    let hash = hash(epoch(1), last);
                    outbox.handle_ack(epoch(1), last, hash, Some(hash), (500, 0), 0);
                }
            }
            Command::SetAside { seq, reason, .. } => {
                assert_eq!(reason, Problem::REQUEST);
                aside.push(seq);
                let hash = hash(epoch(1), seq);
                outbox.handle_ack(epoch(1), seq, hash, Some(hash), (500, 0), 0);
            }
            _ => {}
        }
    }
    assert_eq!((aside, outbox.unsent()), (vec![bad], 0));
    assert!(requests < 40, "{requests} requests to find one of a hundred");
}

#[test]
fn a_bad_entry_that_is_named_goes_alone_at_once() {
    let mut outbox = started(10);
    assert!(matches!(outbox.next_command(), Some(Command::Send { after_seq: 0, .. })));
    let watermark = Some((3, hash(epoch(1), 3)));
    outbox.handle_refusal(Refusal::Batch { reason: Problem::ENTRY.to_owned(), seq: Some(4), watermark }, 10, 0);
    assert!(matches!(outbox.next_command(), Some(Command::Save { seq: 3, .. })));
    assert!(matches!(outbox.next_command(), Some(Command::SetAside { seq: 4, .. })));
}

#[test]
fn a_location_that_lost_entries_gets_them_again() {
    let mut outbox = started(10);
    outbox.next_command();
    outbox.handle_ack(epoch(1), 10, hash(epoch(1), 10), Some(hash(epoch(1), 10)), (500, 0), 0);
    outbox.next_command();
    outbox.handle_heads(&[Head { epoch: epoch(1), seq: 11, acked: 0 }], 0);
    assert!(matches!(outbox.next_command(), Some(Command::Send { after_seq: 10, .. })));
    outbox.handle_refusal(Refusal::Gap { watermark: 4 }, 1, 0);
    assert!(matches!(outbox.next_command(), Some(Command::Send { after_seq: 4, .. })));
}

#[test]
fn a_location_ahead_of_the_journal_is_a_fork_and_the_branch_is_kept_there() {
    let mut outbox = Outbox::new(Numbers::default(), 1);
    outbox.handle_heads(&[Head { epoch: epoch(1), seq: 4, acked: 2 }], 0);
    outbox.next_command();
    outbox.handle_watermark(epoch(1), 5, hash(epoch(1), 5), None, 812, 0);
    assert_eq!(outbox.next_command(), Some(Command::Fork { epoch: epoch(1), receipt_number: 812 }));
    outbox.handle_heads(&[Head { epoch: epoch(1), seq: 4, acked: 2 }, Head { epoch: epoch(2), seq: 1, acked: 0 }], 0);
    for seq in [3, 4] {
        let reason = Problem::FORK.to_owned();
        assert_eq!(outbox.next_command(), Some(Command::SetAside { epoch: epoch(1), seq, reason }));
        outbox.handle_ack(epoch(1), 5, hash(epoch(1), 5), None, (500, 0), 0);
    }
    assert_eq!(outbox.next_command(), Some(Command::Ask(epoch(2))));
}

#[test]
fn retries_wait_longer_each_time_and_never_end() {
    let mut outbox = started(1);
    let mut now = 0;
    let mut draws = 0;
    for _ in 0..1_000 {
        match outbox.next_command() {
            Some(Command::Send { .. }) => outbox.handle_fault(now),
            Some(Command::DrawDelay { failures }) => {
                draws += 1;
                assert_eq!(failures, draws + 1, "the first retry came at once");
                outbox.handle_delay(1_000, now);
            }
            None => {
                now = outbox.poll_timeout().expect("a wait has an end");
                outbox.handle_time(now);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(draws > 300);
}

#[test]
fn after_a_long_outage_the_first_try_is_spread_and_after_a_short_one_it_is_not() {
    let mut spread = Vec::new();
    for seed in 0..50 {
        let mut outbox = Outbox::new(Numbers::default(), seed);
        outbox.handle_gate(false, 0);
        outbox.handle_heads(&[Head { epoch: epoch(1), seq: 1, acked: 0 }], 0);
        outbox.handle_gate(true, 60_001);
        spread.push(outbox.poll_timeout().unwrap_or(60_001) - 60_001);
    }
    assert!(spread.iter().all(|wait| *wait <= 120_000));
    assert!(spread.iter().any(|wait| *wait > 60_000) && spread.iter().any(|wait| *wait < 60_000));
    let mut outbox = Outbox::new(Numbers::default(), 1);
    outbox.handle_gate(false, 0);
    outbox.handle_heads(&[Head { epoch: epoch(1), seq: 1, acked: 0 }], 0);
    outbox.handle_gate(true, 59_000);
    assert_eq!(outbox.next_command(), Some(Command::Ask(epoch(1))));
}

#[test]
fn a_throttle_is_obeyed_within_bounds() {
    for (told, least, most) in [(0, 1_000, 1_500), (10_000, 10_000, 15_000), (u64::MAX, 900_000, 1_350_000)] {
        let mut outbox = started(1);
        outbox.next_command();
        outbox.handle_throttle(told, 0);
        let until = outbox.poll_timeout().unwrap();
        assert!((least..=most).contains(&until), "{told}: {until}");
    }
}

proptest! {
    /// A location that answers, loses answers, throttles, lags and refuses at random ends up with every entry exactly
    /// once and in order, and nothing is ever taken for sent that is not there.
    #[test]
    fn every_entry_arrives_once_and_in_order(
        answers in prop::collection::vec(0u8..10, 0..400), count in 1u64..120, bad in 1u64..120, seed: u64
    ) {
        let numbers = Numbers { batch_entries: 16, ..Numbers::default() };
        let mut outbox = Outbox::new(numbers, seed);
        let epoch = epoch(1);
        outbox.handle_heads(&[Head { epoch, seq: count, acked: 0 }], 0);
        let (mut there, mut aside, mut now, mut answers) = (0u64, Vec::new(), 0u64, answers.into_iter());
        for _ in 0..20_000 {
            let Some(command) = outbox.next_command() else {
                match outbox.poll_timeout() {
                    Some(until) => { now = now.max(until); outbox.handle_time(now); continue }
                    None => break,
                }
            };
            let answer = answers.next().unwrap_or(0);
            match command {
                Command::Save { seq, .. } => prop_assert!(seq <= there),
                Command::DrawDelay { .. } => outbox.handle_delay(u64::from(answer) * 1_000, now),
                Command::Fork { .. } => prop_assert!(false, "nothing forked"),
                _ if answer == 7 => outbox.handle_fault(now),
                _ if answer == 8 => outbox.handle_throttle(5_000, now),
                Command::Ask(_) => outbox.handle_watermark(epoch, there, hash(epoch, there), Some(hash(epoch, there)), 0, now),
                Command::Send { after_seq, max_entries, .. } => {
                    prop_assert!(max_entries <= 16 && after_seq <= there);
                    let last = (after_seq + u64::from(max_entries)).min(count);
                    let clean = if (after_seq + 1..=last).contains(&bad) && bad > there { bad - 1 } else { last };
                    there = there.max(clean);
                    let entries = (last - after_seq) as u32;
                    match answer {
                        9 => outbox.handle_fault(now), // taken in, and the answer was lost
                        _ if clean < last => {
                            let watermark = (answer % 2 == 0).then(|| (there, hash(epoch, there)));
                            let reason = Problem::ENTRY.to_owned();
                            outbox.handle_refusal(Refusal::Batch { reason, seq: None, watermark }, entries, now);
                        }
                        _ => outbox.handle_ack(epoch, there, hash(epoch, there), Some(hash(epoch, there)), (16, 0), now),
                    }
                }
                Command::SetAside { seq, .. } => {
                    prop_assert_eq!(seq, bad);
                    if seq == there + 1 { aside.push(seq); there = seq; }
                    outbox.handle_ack(epoch, there, hash(epoch, there), Some(hash(epoch, there)), (16, 0), now);
                }
            }
        }
        prop_assert_eq!(there, count);
        prop_assert_eq!(outbox.unsent(), 0);
        prop_assert_eq!(aside.len(), usize::from(bad <= count));
    }
}

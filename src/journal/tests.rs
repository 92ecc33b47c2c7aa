//! The journal against a real SQLite file: what it promises when keys repeat, commits fail and disks lie.

use super::writer::CommitFault;
use super::*;
use ed25519_dalek::SigningKey;
use evertill_domain::chain::{Head, Verifier};
use evertill_domain::entry::Entry;
use evertill_domain::ids::Kind;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(super) fn options(path: PathBuf) -> Options {
    Options {
        path,
        till: "eu/DE-0417/2".parse().unwrap(),
        key: SigningKey::from_bytes(&[7; 32]),
        at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(),
        business_day: "2026-05-03".parse().unwrap(),
    }
}

fn note(text: &str) -> Draft {
    let record = Record::plain(Kind::AGENT_STARTED, serde_json::json!({ "note": text }).to_string());
    let Options { at, business_day, .. } = options(PathBuf::new());
    Draft::new(at, business_day, record)
}

fn open(folder: &TempDir) -> Journal {
    let opened = Journal::open(options(folder.path().join("journal.db"))).unwrap();
    assert_eq!(opened.damaged, None);
    opened.journal
}

fn report(path: &Path) -> Report {
    let options = options(path.to_owned());
    verify(path, &options.till, &options.key.verifying_key()).unwrap()
}

fn key(text: &str) -> evertill_domain::ids::IdempotencyKey {
    format!("test-key-{text}").parse().unwrap()
}

async fn all(journal: &Journal) -> Vec<Entry> {
    let epoch = journal.heads().borrow().epoch;
    journal.entries(epoch, 0, 10_000, usize::MAX).await.unwrap()
}

async fn fault(journal: &Journal, fault: CommitFault) {
    let set = move |writer: &mut writer::Writer| {
        writer.commit_fault = Some(fault);
        Ok(())
    };
    journal.writer.call(set).await.unwrap();
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_result_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let first = journal.append(key("1"), note("a")).await.unwrap();
    let again = journal.append(key("1"), note("b")).await.unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!(first.entry, again.entry);
    assert_eq!(all(&journal).await.len(), 2, "the epoch's first entry and this one");
    assert_eq!(journal.find(&key("1")).await.unwrap().unwrap().entry, first.entry);
    assert_eq!(journal.find(&key("2")).await.unwrap(), None);
}

#[tokio::test]
async fn numbers_are_consecutive_and_the_chain_verifies_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let journal = open(&folder);
        for n in 0..20 {
            journal.append(key(&format!("{round}-{n}")), note("x")).await.unwrap();
        }
        let entries = all(&journal).await;
        let Options { till, key, .. } = options(PathBuf::new());
        let mut verifier = Verifier::new(till, entries[0].epoch, key.verifying_key(), Head::START);
        for entry in &entries {
            verifier.check(entry).unwrap();
        }
        assert_eq!(verifier.head().seq, 1 + 20 * (round + 1));
        drop(journal);
        wait_for_close(&folder);
    }
    assert!(report(&folder.path().join("journal.db")).is_whole());
}

/// The journal's threads end when the last handle is gone; the lock says when they have.
fn wait_for_close(folder: &TempDir) {
    for _ in 0..2_000 {
        if lock::acquire(&folder.path().join("journal.db")).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the journal did not close");
}

#[tokio::test]
async fn a_failed_commit_that_reached_the_disk_is_answered_as_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    fault(&journal, CommitFault::AfterTheDisk).await;
    let appended = journal.append(key("1"), note("a")).await.unwrap();
    assert!(!appended.repeated);
    journal.append(key("2"), note("b")).await.unwrap();
    let numbers: Vec<u64> = all(&journal).await.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(report(&folder.path().join("journal.db")).is_whole());
}

#[tokio::test]
async fn a_failed_commit_that_did_not_reach_the_disk_is_an_error_and_leaves_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    fault(&journal, CommitFault::BeforeTheDisk).await;
    assert!(matches!(journal.append(key("1"), note("a")).await, Err(JournalError::Disk { .. })));
    let retried = journal.append(key("1"), note("a")).await.unwrap();
    assert_eq!(retried.entry.seq, 2);
    assert!(report(&folder.path().join("journal.db")).is_whole());
}

#[tokio::test]
async fn a_second_agent_is_refused_by_the_first_ones_process() {
    let folder = tempfile::tempdir().unwrap();
    let _journal = open(&folder);
    let refused = Journal::open(options(folder.path().join("journal.db"))).err().unwrap().to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
}

#[tokio::test]
async fn another_tills_journal_or_another_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    wait_for_close(&folder);
    let path = folder.path().join("journal.db");
    let other_till = Options { till: "eu/DE-0417/3".parse().unwrap(), ..options(path.clone()) };
    assert!(matches!(Journal::open(other_till), Err(JournalError::OtherTill { .. })));
    let other_key = Options { key: SigningKey::from_bytes(&[8; 32]), ..options(path) };
    assert!(matches!(Journal::open(other_key), Err(JournalError::OtherTill { .. })));
}

#[tokio::test]
async fn a_damaged_tail_is_set_aside_whole_and_selling_goes_on_in_a_new_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = open(&folder);
    for n in 0..5 {
        journal.append(key(&n.to_string()), note("x")).await.unwrap();
    }
    let old_epoch = journal.heads().borrow().epoch;
    drop(journal);
    wait_for_close(&folder);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE entries SET body = replace(body, 'x', 'y') WHERE id & 7 = 4", []).unwrap();
    drop(connection);

    let opened = Journal::open(options(path)).unwrap();
    let (aside, detail) = opened.damaged.unwrap();
    assert!(detail.contains("entry 4"), "{detail}");
    assert!(aside.exists());
    let epochs = opened.journal.epochs().await.unwrap();
    assert_eq!((epochs.len(), epochs[0].epoch, epochs[0].head.seq), (2, old_epoch, 6));
    assert_eq!(
        opened.journal.entries(old_epoch, 0, 10, usize::MAX).await.unwrap().len(),
        6,
        "all go on to head office"
    );
    let next = opened.journal.append(key("after"), note("z")).await.unwrap();
    assert_eq!((next.entry.epoch, next.entry.seq), (epochs[1].epoch, 2));
}

#[tokio::test]
async fn verify_names_the_altered_entry_and_goes_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = open(&folder);
    for n in 0..9 {
        journal.append(key(&n.to_string()), note("x")).await.unwrap();
    }
    drop(journal);
    wait_for_close(&folder);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE entries SET business_day = '2026-05-04' WHERE id & 15 IN (3, 7)", []).unwrap();
    connection.execute("UPDATE entries SET kind = X'FF' WHERE id & 15 = 5", []).unwrap_err();
    connection.execute("DELETE FROM entries WHERE id & 15 = 9", []).unwrap_err();
    drop(connection);
    let report = report(&path);
    let places: Vec<&str> = report.findings.iter().map(|finding| finding.place.split(" of").next().unwrap()).collect();
    assert_eq!(places, ["entry 3", "entry 7"]);
    assert_eq!(report.entries, 10);
}

#[tokio::test]
async fn a_watermark_never_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let (epoch, location) = (journal.heads().borrow().epoch, "fra".parse().unwrap());
    let at = |seq: u64| Head { seq, hash: evertill_domain::entry::Hash([seq as u8; 32]) };
    assert_eq!(journal.watermark(&location, epoch).await.unwrap(), Head::START);
    for seq in [3, 5, 4] {
        journal.set_watermark(&location, epoch, at(seq)).await.unwrap();
    }
    assert_eq!(journal.watermark(&location, epoch).await.unwrap(), at(5));
}

#[tokio::test]
async fn a_new_epoch_begins_its_own_numbers_and_never_reuses_a_receipt_number() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.append(key("1"), note("a")).await.unwrap();
    let Options { at, business_day, .. } = options(PathBuf::new());
    let epoch = journal.begin_epoch("a fork was found", 812, at, business_day).await.unwrap();
    let head = *journal.heads().borrow();
    assert_eq!((head.epoch, head.head.seq), (epoch, 1));
    let last = journal.writer.call(|writer| Ok(writer.last_receipt_number)).await.unwrap();
    assert_eq!(last, 812);
    drop(journal);
    wait_for_close(&folder);
    let journal = open(&folder);
    assert_eq!(journal.writer.call(|writer| Ok(writer.last_receipt_number)).await.unwrap(), 812);
}

#[tokio::test]
async fn the_open_basket_is_found_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.save_basket(Some("{\"lines\":3}".to_owned())).await.unwrap();
    drop(journal);
    wait_for_close(&folder);
    assert_eq!(open(&folder).basket().await.unwrap().as_deref(), Some("{\"lines\":3}"));
}

//! A journal batch: from the bytes that came to entries that form one checked chain.
//!
//! The costly part of ingest is here, outside the writer: decompression, JSON, hashes, signatures, the sales' sums.
//! Lines are judged on all cores, each run of lines as a chain of its own, and the runs are joined afterwards. Where
//! the chain breaks, what stands before the break is still good: it is taken, and the answer names the break.

use crate::limits::{SEQ_MAX, ZSTD_WINDOW_LOG_MAX};
use ed25519_dalek::{Signature, VerifyingKey};
use evertill_domain::chain::{ChainError, Head, Verifier};
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, Kind, TillId};
use evertill_domain::sale::Sale;
use evertill_domain::wire::BATCH_MAX_ENTRIES;
use serde::Deserialize;
use std::io::Read;
use std::num::NonZero;
use std::thread;

/// Fewest lines that are worth a thread of their own.
const LINES_A_THREAD_MIN: usize = 32;
/// Most threads for one batch: other tills' batches want the cores, too.
const THREADS_MAX: usize = 4;

/// Why a whole batch is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is no line in it.
    #[error("the batch has no line: send at least one entry")]
    Empty,
    /// More lines than a batch may have.
    #[error("the batch has {0} lines, the most is {BATCH_MAX_ENTRIES}: send fewer")]
    TooManyLines(usize),
    /// Its entries are of several epochs.
    #[error("entry {seq} is of another epoch than those before it: send each epoch's entries by themselves")]
    MixedEpochs {
        /// The first entry of another epoch.
        seq: u64,
    },
    /// Not the encoding that the header says.
    #[error("the body is not zstd as Content-Encoding says: {0}")]
    Encoding(String),
    /// More than the cap, once decompressed.
    #[error("the body is longer than {max_bytes} bytes once decompressed: send a smaller batch")]
    TooLong {
        /// The cap.
        max_bytes: usize,
    },
}

/// A batch that was read as far as it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The epoch of its entries; `None` when not even the first line told one.
    pub epoch: Option<Epoch>,
    /// The good entries before the break, consecutive, hashed and signed; all when there is no break.
    pub entries: Vec<Entry>,
    /// Highest receipt number in them.
    pub receipt_number: u64,
    /// Where and how the batch breaks.
    pub broken: Option<Break>,
}

/// How a batch breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// An entry cannot be taken in.
    Entry {
        /// Its number, when the line still tells it.
        seq: Option<u64>,
        /// What is wrong with it.
        detail: String,
    },
    /// A number is missing inside the batch.
    Gap,
    /// A signed entry that continues another chain than the one before it.
    Branch(Box<Entry>),
}

/// Undoes zstd, to at most `max_bytes`: neither a bomb nor a wide window may take memory.
///
/// # Errors
/// [`BatchError::Encoding`], [`BatchError::TooLong`].
pub fn decompress(body: &[u8], max_bytes: usize) -> Result<Vec<u8>, BatchError> {
    let wrong = |error: std::io::Error| BatchError::Encoding(error.to_string());
    let mut decoder = zstd::Decoder::with_buffer(body).map_err(wrong)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(wrong)?;
    // What the frame says of its length is a claim: it saves growing, and the cap below holds all the same.
    let claimed = zstd::zstd_safe::get_frame_content_size(body).ok().flatten().unwrap_or_default();
    let mut bytes = Vec::with_capacity(usize::try_from(claimed).unwrap_or(usize::MAX).min(max_bytes) + 1);
    decoder.take(max_bytes as u64 + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() > max_bytes { Err(BatchError::TooLong { max_bytes }) } else { Ok(bytes) }
}

/// Reads and checks the JSON lines that `till` sent.
///
/// # Errors
/// [`BatchError`] when the batch is refused as a whole; a bad entry in it is no error, but a [`Break`].
pub fn judge(till: &TillId, key: &VerifyingKey, body: &[u8]) -> Result<Judged, BatchError> {
    let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(BatchError::Empty);
    }
    if lines.len() > BATCH_MAX_ENTRIES {
        return Err(BatchError::TooManyLines(lines.len()));
    }
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS_MAX);
    let run = lines.len().div_ceil(cores).max(LINES_A_THREAD_MIN);
    let parts: Vec<Result<Judged, BatchError>> = thread::scope(|scope| {
        let mut runs = lines.chunks(run);
        let first = runs.next().unwrap_or_default();
        let others: Vec<_> = runs.map(|lines| scope.spawn(move || judge_run(till, key, lines))).collect();
        let first = judge_run(till, key, first);
        let joined = others.into_iter().map(|other| other.join().expect("judging a line does not panic"));
        std::iter::once(first).chain(joined).collect()
    });
    let mut parts = parts.into_iter();
    let mut whole = parts.next().expect("there is at least one run of lines")?;
    for part in parts {
        if whole.broken.is_some() {
            break;
        }
        whole.append(part?)?;
    }
    Ok(whole)
}

impl Judged {
    /// Breaks the run at the first entry that `key` did not sign.
    fn check_signatures(&mut self, key: &VerifyingKey) {
        if all_signed_by(&self.entries, key) {
            return;
        }
        if let Some(index) = self.entries.iter().position(|entry| !entry.is_signed_by(key)) {
            let error = ChainError::Signature { seq: self.entries[index].seq };
            self.broken = Some(Break::Entry { seq: Some(error.seq()), detail: error.to_string() });
            self.entries.truncate(index);
            let numbers = self.entries.iter().filter_map(|entry| receipt_number(entry).ok());
            self.receipt_number = numbers.max().unwrap_or(0);
        }
    }

    /// Joins the run of lines that came behind this one.
    fn append(&mut self, next: Judged) -> Result<(), BatchError> {
        let head = self.entries.last().map(Head::of).expect("an unbroken run has at least one entry");
        if let Some(first) = next.entries.first() {
            if Some(first.epoch) != self.epoch {
                return Err(BatchError::MixedEpochs { seq: first.seq });
            }
            if first.seq != head.seq + 1 {
                self.broken = Some(Break::Gap);
                return Ok(());
            }
            if first.prev != head.hash {
                self.broken = next.entries.into_iter().next().map(|first| Break::Branch(Box::new(first)));
                return Ok(());
            }
        }
        self.broken = match next.broken {
            Some(Break::Entry { seq: None, detail }) if next.entries.is_empty() => {
                Some(Break::Entry { seq: Some(head.seq + 1), detail })
            }
            other => other,
        };
        self.receipt_number = self.receipt_number.max(next.receipt_number);
        self.entries.extend(next.entries);
        Ok(())
    }
}

/// Whether `key` signed all of `entries`. Together they cost half of what each alone does.
///
/// The equation for many lets pass what the strict one for one may not: signatures that a till made odd on purpose,
/// with its own key. Those are its word all the same.
fn all_signed_by(entries: &[Entry], key: &VerifyingKey) -> bool {
    let hashes: Vec<&[u8]> = entries.iter().map(|entry| &entry.hash.0[..]).collect();
    let signatures: Vec<Signature> = entries.iter().map(|entry| Signature::from_bytes(&entry.sig.0)).collect();
    ed25519_dalek::verify_batch(&hashes, &signatures, &vec![*key; entries.len()]).is_ok()
}

/// Judges some lines as a chain of their own, which begins wherever the first of them says.
fn judge_run(till: &TillId, key: &VerifyingKey, lines: &[&[u8]]) -> Result<Judged, BatchError> {
    let mut judged = Judged { epoch: None, entries: Vec::with_capacity(lines.len()), receipt_number: 0, broken: None };
    let mut verifier: Option<Verifier> = None;
    for line in lines {
        let entry = match Entry::parse_line(line) {
            Ok(entry) => entry,
            Err(error) => {
                let place = Place::of(line);
                judged.epoch = judged.epoch.or(place.epoch);
                let seq = place.seq.or(judged.entries.last().map(|last| last.seq + 1));
                judged.broken = Some(Break::Entry { seq, detail: error.to_string() });
                break;
            }
        };
        let epoch = *judged.epoch.get_or_insert(entry.epoch);
        if epoch != entry.epoch && entry.till == *till {
            return Err(BatchError::MixedEpochs { seq: entry.seq });
        }
        let start = Head { seq: entry.seq.saturating_sub(1), hash: entry.prev };
        let verifier = verifier.get_or_insert_with(|| Verifier::new(till.clone(), entry.epoch, *key, start));
        match judge_entry(verifier, key, entry) {
            Ok((entry, receipt_number)) => {
                judged.receipt_number = judged.receipt_number.max(receipt_number);
                judged.entries.push(entry);
            }
            Err(broken) => {
                judged.broken = Some(broken);
                break;
            }
        }
    }
    judged.check_signatures(key);
    Ok(judged)
}

/// The entry and its receipt number (0 when it has none), or how it breaks the chain.
fn judge_entry(verifier: &mut Verifier, key: &VerifyingKey, entry: Entry) -> Result<(Entry, u64), Break> {
    let seq = entry.seq;
    let broken = |detail: String| Err(Break::Entry { seq: Some(seq), detail });
    if seq == 0 || seq > SEQ_MAX {
        return broken(format!("entry {seq} has a number outside 1 to {SEQ_MAX}"));
    }
    if seq == 1 && entry.prev != Head::START.hash {
        return broken("entry 1 names a predecessor: an epoch begins with none".to_owned());
    }
    match verifier.check_unsigned(&entry) {
        Ok(()) => {}
        Err(ChainError::Gap { .. }) => return Err(Break::Gap),
        Err(ChainError::Prev { .. }) if entry.computed_hash() == entry.hash && entry.is_signed_by(key) => {
            return Err(Break::Branch(Box::new(entry)));
        }
        Err(error) => return broken(error.to_string()),
    }
    match receipt_number(&entry) {
        Ok(receipt_number) => Ok((entry, receipt_number)),
        Err(detail) => broken(format!("entry {seq}: {detail}")),
    }
}

/// The receipt number of a sale, 0 for every other kind: those are kept untouched, also when this version does not
/// know them. The error is what is wrong with the sale.
fn receipt_number(entry: &Entry) -> Result<u64, String> {
    if entry.kind.as_str() != Kind::SALE {
        return Ok(0);
    }
    let sale: Sale = serde_json::from_str(&entry.body).map_err(|error| format!("the body is not a sale: {error}"))?;
    sale.check().map_err(|error| format!("the sale does not reconcile: {error}"))?;
    Ok(sale.receipt_number)
}

/// What a line that is no entry may still tell.
#[derive(Debug, Default, Deserialize)]
pub struct Place {
    /// Its epoch.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// Its number.
    #[serde(default)]
    pub seq: Option<u64>,
    /// Its business day.
    #[serde(default)]
    pub business_day: Option<String>,
    /// Its body, which may hold a receipt number.
    #[serde(default)]
    pub body: Option<String>,
}

impl Place {
    /// What `line` still tells; nothing when it is not even JSON.
    pub fn of(line: &[u8]) -> Place {
        serde_json::from_slice(line).unwrap_or_default()
    }

    /// The receipt number in the body, 0 when there is none that can be read.
    pub fn receipt_number(&self) -> u64 {
        #[derive(Deserialize)]
        struct Numbered {
            receipt_number: u64,
        }
        let numbered = self.body.as_deref().and_then(|body| serde_json::from_str::<Numbered>(body).ok());
        numbered.map_or(0, |numbered| numbered.receipt_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use evertill_domain::entry::{Content, Signature as Sig};

    const COUNT: usize = 100;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn chain() -> Vec<Entry> {
        let mut head = Head::START;
        let seal = |seq| {
            let content = Content {
                till: "eu/DE-0417/2".parse().unwrap(),
                at: "2026-05-03T18:04:05Z".parse().unwrap(),
                business_day: "2026-05-03".parse().unwrap(),
                kind: "sign_on".parse().unwrap(),
                body: "{}".to_owned(),
            };
            let epoch = "0197a1b2-0000-7000-8000-000000000001".parse().unwrap();
            let entry = Entry::seal(content, epoch, seq, head.hash, &key());
            head = Head::of(&entry);
            entry
        };
        (1..=COUNT as u64).map(seal).collect()
    }

    fn judged(lines: &[String]) -> Judged {
        judge(&"eu/DE-0417/2".parse().unwrap(), &key().verifying_key(), lines.join("\n").as_bytes()).unwrap()
    }

    #[test]
    fn wherever_a_batch_breaks_all_before_it_is_good() {
        let entries = chain();
        let lines: Vec<String> = entries.iter().map(Entry::to_line).collect();
        assert_eq!(
            judged(&lines),
            Judged { epoch: Some(entries[0].epoch), entries: entries.clone(), receipt_number: 0, broken: None }
        );
        // Also at the seams of the runs of lines that are judged side by side.
        for at in [1, 24, 25, 31, 32, 33, 49, 50, 51, 63, 64, 99] {
            let (before, seq) = (&entries[..at], Some(entries[at].seq));
            let broken_by = |line: String| {
                let mut lines = lines.clone();
                lines[at] = line;
                let judged = judged(&lines);
                assert_eq!(judged.entries, before, "{at}");
                judged.broken.unwrap()
            };
            let forged = Entry { sig: Sig([9; 64]), ..entries[at].clone() };
            for bad in [forged.to_line(), lines[at].replace("sign_on", "no_sale"), "{".to_owned()] {
                assert!(matches!(broken_by(bad), Break::Entry { seq: found, .. } if found == seq), "{at}");
            }
            let mut holed = lines.clone();
            holed.remove(at);
            if at + 1 < COUNT {
                assert_eq!((judged(&holed).broken, judged(&holed).entries.len()), (Some(Break::Gap), at));
            }
        }
    }

    #[test]
    fn a_signed_entry_of_another_branch_is_told_from_a_broken_one() {
        let entries = chain();
        let content = |entry: &Entry| Content {
            till: entry.till.clone(),
            at: entry.at.clone(),
            business_day: entry.business_day.clone(),
            kind: entry.kind.clone(),
            body: entry.body.clone(),
        };
        for at in [1, 50, 99] {
            let branch = Entry::seal(
                content(&entries[at]),
                entries[at].epoch,
                entries[at].seq,
                evertill_domain::entry::Hash([5; 32]),
                &key(),
            );
            let mut lines: Vec<String> = entries.iter().map(Entry::to_line).collect();
            lines[at] = branch.to_line();
            assert_eq!(judged(&lines).broken, Some(Break::Branch(Box::new(branch))), "{at}");
        }
    }
}

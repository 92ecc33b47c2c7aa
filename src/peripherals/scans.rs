//! The scanner's feed: a thread that reads, a bounded queue to the counter.

use super::{Board, SCAN_DEADLINE};
use evertill_hal::{BarcodeScanner, Outcome, Scan};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// Most scans that wait for the counter. A cashier scans 20 a second at the very best; the counter takes some 200.
pub const SCANS_MAX: usize = 64;

/// Reads until `stop` is set or nobody listens any more.
pub fn start(
    mut scanner: Box<dyn BarcodeScanner>,
    board: Board,
    stop: Arc<AtomicBool>,
) -> std::io::Result<mpsc::Receiver<Scan>> {
    let (sender, receiver) = mpsc::channel(SCANS_MAX);
    let read = move || {
        while !stop.load(Ordering::Relaxed) {
            match scanner.next_scan(SCAN_DEADLINE) {
                Ok(scan) => {
                    board.set_outcome(|states| &mut states.scanner, &Outcome::Done);
                    // Waiting here loses nothing: the line's own buffer holds what comes meanwhile.
                    if scan.is_some_and(|scan| sender.blocking_send(scan).is_err()) {
                        return;
                    }
                }
                Err(failure) => board.set_outcome(|states| &mut states.scanner, &Outcome::Failed(failure)),
            }
        }
    };
    std::thread::Builder::new().name("scanner".to_owned()).spawn(read)?;
    Ok(receiver)
}

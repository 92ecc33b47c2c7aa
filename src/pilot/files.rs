//! The signed files in force, in `pilot/` of the till's data: each in one file with its signature, so that a power cut leaves
//! the old one or the new one and never half of each.
//!
//! ```text
//! untrusted comment: ...          four lines of minisign
//! RUQ...
//! trusted comment: evertill assignment region=eu store=* version=812 since=0
//! ...
//! schema = 1                      then the file as it was signed
//! ```

use evertill_domain::ids::{Pool, Region, StoreId};
use evertill_domain::piloting::{Assignment, Endpoints, Mistakes};
use evertill_domain::publication::{Claim, PublishKeys, SealError, Subject};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Lines of a minisign signature.
const SIGNATURE_LINES: usize = 4;
/// The longest file that is read back.
const FILE_MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Why a file is not taken. The one in force stays.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not the region's.
    #[error("the {subject} is refused, the one in force stays: {error}")]
    Seal {
        /// What it was to be.
        subject: Subject,
        /// Why.
        error: SealError,
    },
    /// Signed by the region as something else, or for somebody else.
    #[error("the {subject} is refused, the one in force stays: it is signed as '{claim}', which is not for this till")]
    Other {
        /// What it was to be.
        subject: Subject,
        /// What it is.
        claim: Claim,
    },
    /// Not newer.
    #[error("the {subject} with serial {serial} is refused: {in_force} is in force, and serials rise")]
    Older {
        /// What it is.
        subject: Subject,
        /// Its serial.
        serial: u64,
        /// The one in force.
        in_force: u64,
    },
    /// It says something else than its signature.
    #[error(
        "the {subject} is refused, the one in force stays: it says region {region} and serial {serial}, and is signed as '{claim}'"
    )]
    Claim {
        /// What it is.
        subject: Subject,
        /// Its region.
        region: Region,
        /// Its serial.
        serial: u64,
        /// What it is signed as.
        claim: Claim,
    },
    /// It has mistakes, each with its line.
    #[error("the {subject} is refused, the one in force stays: {mistakes}")]
    Mistakes {
        /// What it is.
        subject: Subject,
        /// All of them.
        mistakes: Mistakes,
    },
    /// It cannot be kept.
    #[error("{path}: {source}: look at the disk's room and health")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InForce {
    /// Where the pools are.
    pub endpoints: Option<Endpoints>,
    /// Which pool is whose.
    pub assignment: Option<Assignment>,
}

/// Where the files are, and what is believed.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    keys: PublishKeys,
    region: Region,
    store: StoreId,
}

impl Files {
    /// Those in `data_dir`.
    pub fn new(data_dir: &Path, keys: PublishKeys, region: Region, store: StoreId) -> Files {
        Files { folder: data_dir.join("pilot"), keys, region, store }
    }

    /// What is in force, and what is wrong with what lies there. A file that was damaged gives way to the one before it.
    pub fn load(&self) -> (InForce, Vec<FileError>) {
        let (mut in_force, mut wrong) = (InForce::default(), Vec::new());
        // Endpoints first: an assignment speaks of them.
        for subject in [Subject::Endpoints, Subject::Assignment] {
            for path in [self.path(subject), self.before(subject)] {
                let Some((signature, bytes)) = read(&path) else { continue };
                match self.check(&in_force, subject, &bytes, &signature) {
                    Ok(newer) => {
                        newer.put(&mut in_force);
                        break;
                    }
                    Err(error) => wrong.push(error),
                }
            }
        }
        (in_force, wrong)
    }

    /// Takes `bytes` as the newest of `subject`, if the region signed them as that and they are newer than what is in force.
    ///
    /// # Errors
    /// [`FileError`]: what was in force stays.
    pub fn accept(
        &self,
        in_force: &mut InForce,
        subject: Subject,
        bytes: &[u8],
        signature: &str,
    ) -> Result<(), FileError> {
        let newer = self.check(in_force, subject, bytes, signature)?;
        self.keep(subject, bytes, signature)?;
        newer.put(in_force);
        Ok(())
    }

    /// The pool that the store was in last, if it ever moved.
    pub fn pool(&self) -> Option<Pool> {
        std::fs::read_to_string(self.folder.join("pool")).ok()?.trim().parse().ok()
    }

    /// Remembers the pool that the store is in.
    ///
    /// # Errors
    /// [`FileError::Disk`].
    pub fn set_pool(&self, pool: &Pool) -> Result<(), FileError> {
        let path = self.folder.join("pool");
        write(&self.folder, &path, pool.as_str().as_bytes()).map_err(|source| FileError::Disk { path, source })
    }

    fn check(&self, in_force: &InForce, subject: Subject, bytes: &[u8], signature: &str) -> Result<Newer, FileError> {
        let claim = self.keys.verify(bytes, signature).map_err(|error| FileError::Seal { subject, error })?;
        if claim.subject != subject || !claim.is_for(&self.region, &self.store) || claim.since > 0 {
            return Err(FileError::Other { subject, claim });
        }
        let mistaken = |mistakes| FileError::Mistakes { subject, mistakes };
        let newer = if subject == Subject::Endpoints {
            Newer::Endpoints(Endpoints::parse(bytes).map_err(mistaken)?)
        } else {
            Newer::Assignment(Assignment::parse(bytes, in_force.endpoints.as_ref()).map_err(mistaken)?)
        };
        let (region, serial) = newer.head();
        if *region != self.region || serial != claim.version {
            return Err(FileError::Claim { subject, region: region.clone(), serial, claim });
        }
        let known = in_force.serial(subject);
        if serial <= known { Err(FileError::Older { subject, serial, in_force: known }) } else { Ok(newer) }
    }

    fn keep(&self, subject: Subject, bytes: &[u8], signature: &str) -> Result<(), FileError> {
        let path = self.path(subject);
        let whole = [signature.trim_end().as_bytes(), b"\n", bytes].concat();
        let kept = || {
            match std::fs::rename(&path, self.before(subject)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write(&self.folder, &path, &whole)
        };
        kept().map_err(|source| FileError::Disk { path: path.clone(), source })
    }

    fn path(&self, subject: Subject) -> PathBuf {
        self.folder.join(format!("{subject}.signed"))
    }

    fn before(&self, subject: Subject) -> PathBuf {
        self.folder.join(format!("{subject}.before.signed"))
    }
}

/// A file without mistakes.
enum Newer {
    Endpoints(Endpoints),
    Assignment(Assignment),
}

impl Newer {
    fn head(&self) -> (&Region, u64) {
        match self {
            Newer::Endpoints(endpoints) => (&endpoints.region, endpoints.serial),
            Newer::Assignment(assignment) => (&assignment.region, assignment.serial),
        }
    }

    fn put(self, in_force: &mut InForce) {
        match self {
            Newer::Endpoints(endpoints) => in_force.endpoints = Some(endpoints),
            Newer::Assignment(assignment) => in_force.assignment = Some(assignment),
        }
    }
}

impl InForce {
    /// The serial in force, 0 when there is none.
    pub fn serial(&self, subject: Subject) -> u64 {
        match subject {
            Subject::Endpoints => self.endpoints.as_ref().map_or(0, |endpoints| endpoints.serial),
            _ => self.assignment.as_ref().map_or(0, |assignment| assignment.serial),
        }
    }
}

/// Signature and bytes of a file that lies there.
fn read(path: &Path) -> Option<(String, Vec<u8>)> {
    if std::fs::metadata(path).ok()?.len() > FILE_MAX_BYTES {
        return None;
    }
    let whole = std::fs::read(path).ok()?;
    let ends = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(place, _)| place);
    let end = ends.take(SIGNATURE_LINES).last()?;
    let signature = std::str::from_utf8(&whole[..end]).ok()?.to_owned();
    Some((signature, whole[end + 1..].to_vec()))
}

/// Writes `path` so that it survives a power cut, whole or not at all.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    // The rename itself must survive, too. Windows keeps no handle to a folder and needs none.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

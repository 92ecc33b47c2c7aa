//! `head-office`: the command line.

use anyhow::Context;
use clap::{Parser, Subcommand};
use evertill_domain::ids::{BusinessDay, StoreId};
use evertill_domain::publication::Subject;
use evertill_head_office::cli::{self, CliError};
use evertill_head_office::limits::DESCRIPTORS_BESIDE;
use evertill_head_office::operators::{self, OperatorName, Role};
use evertill_head_office::publish::{PublishError, Publisher, RegionKey};
use evertill_head_office::simulate::{self, Wish};
use evertill_head_office::{Config, ConfigError, Limits, ServeError, descriptors, pin, serve};
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code when something that was checked is not in order, or the work failed.
const EXIT_WRONG: u8 = 1;
/// Exit code of a refused configuration.
const EXIT_CONFIG: u8 = 2;

/// Receives, answers and watches the tills of one location.
#[derive(Parser)]
#[command(name = "head-office", version)]
struct Arguments {
    /// The configuration.
    #[arg(long, global = true, value_name = "FILE", default_value = "head-office.toml")]
    config: PathBuf,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the tills until asked to stop.
    Run,
    /// Tell whether all sales of a store's business day are here, and at the other locations; exit code 1 when not.
    Completeness {
        /// The store, as DE-0417.
        #[arg(long)]
        store: StoreId,
        /// The business day, as 2026-05-03.
        #[arg(long)]
        day: BusinessDay,
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Check every till's chain from its start and print its head.
    Verify,
    /// Check a file, sign it with the region's key, and bring it to every location; exit code 1 unless all have it then.
    Publish(Publication),
    /// Tell what is published at every location; exit code 1 when one lags or does not answer.
    Publications {
        /// The key and the locations.
        #[arg(long, value_name = "FILE", default_value = "publish.toml")]
        with: PathBuf,
    },
    /// Tell what an assignment would do, before it is published: which stores move at each percentage, and why.
    Plan {
        /// The assignment.
        file: PathBuf,
        /// The key and the locations.
        #[arg(long, value_name = "FILE", default_value = "publish.toml")]
        with: PathBuf,
    },
    /// Make a region's key, and print the public half that `publish_keys` wants.
    PublishKey {
        /// Where the secret half goes; there must not be such a file.
        file: PathBuf,
        /// The file of a password that locks it.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Read a password from standard input and print the lines that make somebody an operator.
    Operator {
        /// Their name: lower-case letters, digits and hyphens.
        name: OperatorName,
        /// What they may do.
        #[arg(long, default_value = "viewer")]
        role: Role,
    },
    /// Load a service with thousands of tills over real connections; exit code 1 unless all they sold is there at the end.
    Simulate {
        /// The flags below as a TOML file; a flag on the command line counts more.
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
        /// Only print the register of these tills, for `tills` of head-office.toml.
        #[arg(long)]
        register: bool,
        /// The summary as JSON, for programs.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        wish: Wish,
    },
    /// Read a PIN from standard input and print the hash that a price book's list of cashiers wants.
    PinHash,
}

/// What is to be published.
#[derive(clap::Args)]
struct Publication {
    /// What it is: price-book, cashiers, endpoints or assignment.
    subject: Subject,
    /// The file.
    file: PathBuf,
    /// The one store that a price book or a list of cashiers is for, instead of every store.
    #[arg(long)]
    store: Option<StoreId>,
    /// Also write it with its signature into this folder, for a web server or a USB stick.
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
    /// The key and the locations.
    #[arg(long, value_name = "FILE", default_value = "publish.toml")]
    with: PathBuf,
}

fn main() -> ExitCode {
    match dispatch(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_WRONG),
        Err(error) => {
            eprint(&format!("head-office: {error:#}"));
            ExitCode::from(if is_config(&error) { EXIT_CONFIG } else { EXIT_WRONG })
        }
    }
}

fn is_config(error: &anyhow::Error) -> bool {
    error.is::<ConfigError>()
        || matches!(error.downcast_ref(), Some(ServeError::Config(_)))
        || matches!(error.downcast_ref(), Some(CliError::Config(_)))
        || matches!(error.downcast_ref(), Some(PublishError::Config(_)))
}

/// Does the verb; false when what it checked is not in order.
fn dispatch(arguments: Arguments) -> anyhow::Result<bool> {
    let config = || Config::load(&arguments.config);
    match arguments.verb {
        Verb::Run => run(config()?).map(|()| true),
        Verb::Completeness { store, day, json } => {
            let comparison = runtime()?.block_on(cli::completeness(&config()?, &store, &day))?;
            if json {
                println!("{}", serde_json::to_string_pretty(&comparison)?);
            } else {
                let reports = comparison.locations.iter().filter_map(|said| Some((&said.location, said.report()?)));
                reports.for_each(|(location, report)| println!("{location}: {}", report.sentence));
                comparison.differences.iter().for_each(|difference| println!("{difference}"));
            }
            Ok(comparison.complete)
        }
        Verb::Publish(publication) => publish(publication),
        Verb::Publications { with } => {
            let compared = runtime()?.block_on(Publisher::load(&with)?.standing());
            compared.text().iter().for_each(|line| println!("{line}"));
            Ok(compared.is_one())
        }
        Verb::Plan { file, with } => {
            let publisher = Publisher::load(&with)?;
            let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let plan = runtime()?.block_on(publisher.plan(&bytes)).with_context(|| file.display().to_string())?;
            plan.text().iter().for_each(|line| println!("{line}"));
            Ok(true)
        }
        Verb::PublishKey { file, password_file } => {
            let password = password_file.map(|file| {
                let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()));
                text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            });
            println!("{}", RegionKey::create(&file, password.transpose()?.as_deref())?.public_line());
            Ok(true)
        }
        Verb::Operator { name, role } => {
            print!("{}", operators::lines(&name, role, &std::io::read_to_string(std::io::stdin())?)?);
            Ok(true)
        }
        Verb::Simulate { plan, register, json, wish } => {
            let wish = plan.map_or(Ok(wish.clone()), |file| wish.or_file(&file))?;
            if register {
                print!("{}", wish.fleet()?.register());
                return Ok(true);
            }
            let summary = runtime()?.block_on(simulate::run(wish.plan()?, |line| eprint(&line)))?;
            if json {
                println!("{}", serde_json::to_string_pretty(&summary)?);
            } else {
                summary.lines().iter().for_each(|line| println!("{line}"));
            }
            Ok(summary.is_whole())
        }
        Verb::PinHash => {
            println!("{}", pin::hash(&std::io::read_to_string(std::io::stdin())?)?);
            Ok(true)
        }
        Verb::Verify => Ok(runtime()?.block_on(cli::verify_all(&config()?, |line| println!("{line}")))?),
    }
}

/// Publishes a file; false unless every location has it then.
fn publish(Publication { subject, file, store, save, with }: Publication) -> anyhow::Result<bool> {
    let publisher = Publisher::load(&with)?;
    let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let published = runtime()?.block_on(publisher.publish(subject, store, bytes));
    let done = published.with_context(|| file.display().to_string())?;
    done.text().iter().for_each(|line| println!("{line}"));
    if let Some(folder) = save {
        let saved = done.save(&folder).with_context(|| folder.display().to_string())?;
        println!("saved as {}, with its signature beside it", saved.display());
    }
    Ok(done.is_everywhere())
}

/// Tells how it goes, beside what is asked for.
fn eprint(line: &str) {
    // Whoever closed standard error does not want to know.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes());
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new().context("the runtime did not start")
}

fn run(config: Config) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let needed = Limits::default().connections as u64 + DESCRIPTORS_BESIDE;
    if let Some(allowed) = descriptors::claim(needed).filter(|allowed| *allowed < needed) {
        tracing::warn!(
            allowed,
            needed,
            "the system allows few file descriptors, so fewer tills: raise LimitNOFILE or ulimit -n"
        );
    }
    runtime()?.block_on(async {
        let stop = asked_to_stop().context("signals cannot be heard")?;
        let server = serve(config).await?;
        stop.await;
        tracing::info!("asked to stop");
        server.stop().await;
        Ok(())
    })
}

#[cfg(unix)]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_shutdown};
    let (mut interrupt, mut shutdown) = (ctrl_c()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}

//! One location: a balancer as it is shipped, two instances of head office, a database and a cache.

use super::PATIENCE;
use super::stage::{INSTANCES, Stage};
use crate::demo::programs::{Program, wait_for};
use anyhow::Context;
use evertill_testbed::daemon::free_port;
use evertill_testbed::haproxy::shipped;
use evertill_testbed::postgres::Setup;
use evertill_testbed::{Haproxy, Postgres, Redis};
use rustix::process::Signal;
use std::net::TcpStream;

/// The servers of one location.
pub struct Location {
    /// Its name.
    pub name: &'static str,
    /// Where tills reach it.
    pub port: u16,
    start: Vec<StartInstance>,
    instances: Vec<Option<Program>>,
    balancer: Option<Haproxy>,
    certificates: [(&'static str, String); 2],
    database: Postgres,
    database_name: String,
    has_database: bool,
    cache: Redis,
    has_cache: bool,
}

/// How an instance is started.
struct StartInstance {
    binary: std::path::PathBuf,
    config: std::path::PathBuf,
    log: std::path::PathBuf,
    port: u16,
    office_port: u16,
}

impl Location {
    /// Starts everything, and returns when it answers.
    ///
    /// # Errors
    /// When a server is missing or does not start.
    pub fn start(stage: &Stage, name: &'static str) -> anyhow::Result<Location> {
        let database = Postgres::start(Setup { durable: true, ..Setup::default() })?;
        let cache = Redis::start()?;
        let url = database.database()?;
        let database_name = url.rsplit('/').next().context("an address ends with a name")?.to_owned();
        let mut start = Vec::new();
        for instance in 0..INSTANCES.len() {
            let port = free_port()?;
            let (config, office_port) = stage.write_instance(name, instance, port, &url, &cache.url())?;
            let log = config.with_extension("log");
            start.push(StartInstance { binary: stage.binary(), config, log, port, office_port });
        }
        let certificates = [("fra.pem", stage.certificate(name)?), ("eu-ca.pem", stage.authority()?)];
        let instances = start.iter().map(|_| None).collect();
        let mut location = Location {
            name,
            port: free_port()?,
            start,
            instances,
            balancer: None,
            certificates,
            database,
            database_name,
            has_database: true,
            cache,
            has_cache: true,
        };
        location.start_what_is_gone()?;
        Ok(location)
    }

    /// Starts what was killed, and returns when it answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn start_what_is_gone(&mut self) -> anyhow::Result<()> {
        if !self.has_database {
            self.database.start_again()?;
            self.has_database = true;
        }
        if !self.has_cache {
            self.cache.start_again()?;
            self.has_cache = true;
        }
        for (start, instance) in self.start.iter().zip(&mut self.instances) {
            if instance.is_some() {
                continue;
            }
            let config = start.config.to_str().context("the path is UTF-8")?;
            let mut program = Program::start(self.name, &start.binary, &["--config", config, "run"], &start.log)?;
            wait_for("an instance's start", PATIENCE, || {
                program.ensure_running()?;
                let answers =
                    [start.port, start.office_port].map(|port| TcpStream::connect(("127.0.0.1", port)).is_ok());
                Ok((answers == [true, true]).then_some(()))
            })?;
            *instance = Some(program);
        }
        if self.balancer.is_none() {
            let ports: Vec<u16> = self.start.iter().map(|start| start.port).collect();
            let port = self.port;
            let balancer = Haproxy::start(&self.certificates, |own| shipped(own, port, &ports), port)?;
            wait_for("the balancer's first check", PATIENCE, || {
                Ok(balancer.state_of("a")?.starts_with("UP").then_some(()))
            })?;
            self.balancer = Some(balancer);
        }
        Ok(())
    }

    /// Kills the cache.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill_cache(&mut self) -> anyhow::Result<()> {
        self.has_cache = false;
        self.cache.daemon().end(Signal::KILL)
    }

    /// Kills the second instance; the first one's pages stay.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill_instance(&mut self) -> anyhow::Result<()> {
        self.instances.last_mut().and_then(Option::take).context("it runs")?.kill()
    }

    /// Kills the database.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill_database(&mut self) -> anyhow::Result<()> {
        self.has_database = false;
        self.database.daemon().end(Signal::QUIT)
    }

    /// Kills everything.
    ///
    /// # Errors
    /// When something is gone already.
    pub fn kill_all(&mut self) -> anyhow::Result<()> {
        let mut balancer = self.balancer.take().context("it runs")?;
        balancer.daemon.end(Signal::KILL)?;
        for instance in self.instances.iter_mut().filter_map(Option::take) {
            instance.kill()?;
        }
        self.kill_database()?;
        self.kill_cache()
    }

    /// What its database answers.
    ///
    /// # Errors
    /// With what it says.
    pub fn sql(&self, sql: &str) -> anyhow::Result<String> {
        Ok(self.database.psql(&self.database_name, sql)?.trim().to_owned())
    }

    /// Where its operators sign on.
    pub fn office_port(&self) -> u16 {
        self.start[0].office_port
    }

    /// The configuration of its first instance.
    pub fn config(&self) -> &std::path::Path {
        &self.start[0].config
    }
}

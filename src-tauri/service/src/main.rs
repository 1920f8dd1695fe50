//! The partner service as a program: `partner-service --database postgres://… --identity identity.json`.

#![expect(clippy::print_stdout, reason = "a program's answer to the person who started it")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use partner_service::{
    CallReach, Files, Identities, Rates, Reach, Regions, Service, Telling, VaultKey, fresh_token, listen,
    members, providers, serve, serve_metrics, system_clock,
};
use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;

/// The partner service: takes commands, numbers them, and hands out the feed.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Option<Serve>,
}

#[derive(Subcommand)]
enum Command {
    /// Print a fresh token for a person, and its hash for the members file.
    Token,
    /// Print a fresh key for the vault, to be kept in a file or the environment.
    VaultKey,
    /// Print a code by which one person who signs in can make a workspace, within a day.
    OwnerCode {
        /// The database of the service.
        #[arg(long, value_name = "FILE|ADDRESS")]
        database: String,
    },
    /// After a database was restored: have desktops send again what they know as taken.
    NewEpoch {
        /// The database of the service.
        #[arg(long, value_name = "FILE|ADDRESS")]
        database: String,
    },
}

#[derive(Args)]
struct Serve {
    /// The database: a file, made where there is none, or `postgres://…`, where any number of services may share it.
    #[arg(long, value_name = "FILE|ADDRESS")]
    database: String,
    /// The identity providers whose access tokens are taken, as JSON: `[{"issuer": …, "audience": …}]`.
    #[arg(long, value_name = "FILE", required_unless_present = "members", conflicts_with = "members")]
    identity: Option<PathBuf>,
    /// The people and the hashes of their tokens, as JSON.
    #[arg(long, value_name = "FILE")]
    members: Option<PathBuf>,
    /// The folder of the files that people attach; every service over one database is given the same. Without it they
    /// lie beside a database that is a file, and are not taken beside one that is not.
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// The file that holds the vault's key, for Talkdesk's events; `PARTNER_VAULT_KEY` may hold it instead. Without a
    /// key none are taken.
    #[arg(long, value_name = "FILE")]
    vault_key: Option<PathBuf>,
    /// By what alerts and the daily digest are sent, as JSON: `{"smtp": …, "from": …, "webhooks": […]}`; `PARTNER_SMTP`
    /// may hold the mail server's address instead of the file. Without it nothing is sent.
    #[arg(long, value_name = "FILE")]
    tell: Option<PathBuf>,
    /// Talkdesk's regions, as JSON, in the place of the documented ones.
    #[arg(long, value_name = "FILE")]
    regions: Option<PathBuf>,
    /// The address to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7411")]
    listen: SocketAddr,
    /// Serve `/metrics` for Prometheus there, to whoever reaches that address. Without it there are none.
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// The requests a second that one person may go on with; 20 times as many come at once. 0 is no limit.
    #[arg(long, value_name = "N", default_value_t = Rates::default().person)]
    person_rate: u32,
    /// The same for one address, for whatever comes without a person.
    #[arg(long, value_name = "N", default_value_t = Rates::default().address)]
    address_rate: u32,
    /// The same for one key for Talkdesk's deliveries.
    #[arg(long, value_name = "N", default_value_t = Rates::default().hook)]
    hook_rate: u32,
    /// Take an address that other machines reach: only behind a proxy that speaks TLS.
    #[arg(long)]
    behind_proxy: bool,
    /// Only to try it out: take gateways and apps of this machine by http as well, as the sandbox has them. Not for a
    /// team: whoever can set a relay then reaches whatever listens here.
    #[arg(long, conflicts_with = "behind_proxy")]
    sandbox: bool,
}

impl Serve {
    /// The vault's key, where there is one.
    fn vault_key(&self) -> anyhow::Result<Option<VaultKey>> {
        let (text, from) = match &self.vault_key {
            Some(file) => (Some(read(file)?), file.display().to_string()),
            None => (std::env::var("PARTNER_VAULT_KEY").ok(), "PARTNER_VAULT_KEY".to_owned()),
        };
        let key = text.map(|text| VaultKey::read(&text)).transpose();
        key.with_context(|| format!("cannot use {from}"))
    }

    /// By what alerts are sent, where they are.
    fn telling(&self) -> anyhow::Result<Option<Telling>> {
        let Some(file) = &self.tell else { return Ok(None) };
        let smtp = std::env::var("PARTNER_SMTP").ok();
        let telling = Telling::read(&read(file)?, smtp.as_deref());
        telling.map(Some).with_context(|| format!("cannot use {}", file.display()))
    }

    fn rates(&self) -> Rates {
        Rates { person: self.person_rate, address: self.address_rate, hook: self.hook_rate }
    }

    fn regions(&self) -> anyhow::Result<Regions> {
        let Some(file) = &self.regions else { return Ok(Regions::default()) };
        serde_json::from_str(&read(file)?).with_context(|| format!("cannot use {}", file.display()))
    }

    /// Who may come in: clap sees to it that one of the two files is named.
    fn identities(&self) -> anyhow::Result<Identities> {
        let Some(file) = self.identity.as_ref().or(self.members.as_ref()) else { return Ok(nobody()) };
        let json = read(file)?;
        let read = match self.identity {
            Some(_) => providers(&json).map_err(anyhow::Error::from),
            None => members(&json).map_err(anyhow::Error::from),
        };
        read.with_context(|| format!("cannot use {}", file.display()))
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// For what is done to a database while nobody is served.
fn nobody() -> Identities {
    Identities::Tokens(Vec::new())
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match (arguments.command, arguments.serve) {
        (Some(Command::Token), _) => token(),
        (Some(Command::VaultKey), _) => {
            println!("{}", VaultKey::fresh().context("the system gives no random bytes")?.expose());
            Ok(())
        }
        (Some(Command::OwnerCode { database }), _) => {
            let runtime = Runtime::new()?;
            let service = open(&runtime, &database, nobody())?;
            println!("{}", runtime.block_on(service.owner_code())?);
            Ok(())
        }
        (Some(Command::NewEpoch { database }), _) => {
            let runtime = Runtime::new()?;
            let service = open(&runtime, &database, nobody())?;
            Ok(runtime.block_on(service.new_epoch())?)
        }
        (None, Some(options)) => run(&options),
        // Both options of serving are required, so clap has ended the program before.
        (None, None) => Ok(()),
    }
}

fn token() -> anyhow::Result<()> {
    let (token, hash) = fresh_token().context("the system gives no random bytes")?;
    println!("token         {token}");
    println!("token_sha256  {hash}");
    Ok(())
}

fn run(options: &Serve) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    let (identities, key, regions) = (options.identities()?, options.vault_key()?, options.regions()?);
    let telling = options.telling()?;
    let runtime = Runtime::new()?;
    // Before the store is opened: an address that cannot be had leaves no file behind.
    let reach = if options.behind_proxy { Reach::Anybody } else { Reach::ThisMachine };
    let listener = runtime.block_on(listen(options.listen, reach))?;
    let metrics = options.metrics.map(|address| runtime.block_on(listen(address, Reach::Anybody)));
    let metrics = metrics.transpose()?;
    let mut service = open(&runtime, &options.database, identities)?.limited(options.rates());
    if let Some(folder) = &options.files {
        service = service.keeping(Files::by_workspace(folder));
    }
    if let Some(key) = key {
        let calls = if options.sandbox { CallReach::Sandbox } else { CallReach::Internet };
        service = runtime.block_on(service.receiving(key, calls, regions))?;
    }
    if let Some(telling) = telling {
        service = service.telling(telling);
    }
    println!("http://{}", listener.local_addr()?);
    if let Some(listener) = metrics {
        println!("http://{}/metrics", listener.local_addr()?);
        let service = service.clone();
        runtime.spawn(async move { serve_metrics(listener, &service).await });
    }
    if runtime.block_on(service.awaits_first_owner())? {
        println!("first owner's code: {}", runtime.block_on(service.owner_code())?);
    }
    runtime.block_on(serve(listener, &service, told_to_stop()))?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the store. An address may hold a password: it is not repeated.
fn open(runtime: &Runtime, database: &str, identities: Identities) -> anyhow::Result<Service> {
    if database.starts_with("postgres://") || database.starts_with("postgresql://") {
        let connected = runtime.block_on(Service::connect(database, identities, system_clock()));
        connected.context("cannot use the database")
    } else {
        let opened = Service::open(Path::new(database), identities, system_clock());
        opened.with_context(|| format!("cannot open {database}"))
    }
}

/// Ctrl-C, or the system's own request to end.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

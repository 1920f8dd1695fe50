//! `partner-sandbox`: the sandbox as a program, for trying the console by hand. It says where it is and which tokens
//! it takes, and serves until it is ended; all that it holds ends with it.
#![expect(clippy::print_stdout, reason = "what it prints is how a person learns the address and the tokens")]

use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use partner_sandbox::{Algorithm, Client, Curve, Sandbox, SandboxOptions};

/// A stand-in for Talkdesk's Partner Project and Talkdesk ID, on this computer only.
#[derive(Parser)]
#[command(name = "partner-sandbox")]
struct Args {
    /// Where to listen; a loopback address. Port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:4780")]
    listen: SocketAddr,
    /// The partner's API token; a random one if absent
    #[arg(long)]
    token: Option<String>,
    /// The reviewer's token; a random one if absent
    #[arg(long)]
    reviewer_token: Option<String>,
    /// What installation links begin with
    #[arg(long)]
    public_base: Option<String>,
    /// An account that may install before the technical approval; may be repeated
    #[arg(long = "own-account")]
    own_accounts: Vec<String>,
    /// Adds the confidential client partner-app-sandbox with this redirect URI; needs its secret
    #[arg(long, requires = "client_secret")]
    redirect_uri: Option<String>,
    /// The audience that people's access tokens are for: they are JWTs then, as a partner service takes them
    #[arg(long)]
    audience: Option<String>,
    /// The secret of that client
    #[arg(long, requires = "redirect_uri")]
    client_secret: Option<String>,
    /// Where every event goes, whatever callback its version names
    #[arg(long)]
    deliver_to: Option<String>,
    /// Lets events also go to callbacks outside this computer, by https
    #[arg(long)]
    deliver_outside: bool,
    /// Seconds after which a failed delivery is made again; may be repeated. As Talkdesk documents it if absent
    #[arg(long = "retry-after")]
    retries: Vec<u64>,
    /// The curve of the key that events are signed with: P-256, P-384 or P-521
    #[arg(long, default_value = "P-256")]
    signature_curve: Curve,
    /// Writes signatures raw instead of in DER
    #[arg(long)]
    signature_raw: bool,
    /// What the keys of installations are for: ES256, ES384, ES512, PS256, PS384 or PS512
    #[arg(long, default_value = "ES256")]
    key_algorithm: Algorithm,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut options = SandboxOptions {
        listen: args.listen,
        token: args.token,
        reviewer_token: args.reviewer_token,
        audience: args.audience,
        deliver_to: args.deliver_to,
        deliver_outside: args.deliver_outside,
        signature_curve: args.signature_curve,
        signature_raw: args.signature_raw,
        key_algorithm: args.key_algorithm,
        ..SandboxOptions::default()
    };
    if let Some(base) = args.public_base {
        options.public_base = base;
    }
    if !args.retries.is_empty() {
        options.delivery_retries = args.retries.into_iter().map(Duration::from_secs).collect();
    }
    options.own_accounts.extend(args.own_accounts);
    if let (Some(uri), Some(secret)) = (args.redirect_uri, args.client_secret) {
        options.clients.push(Client::confidential("partner-app-sandbox", secret, uri));
    }
    let running = Sandbox::start(options).await?;
    println!("Partner sandbox   {}", running.url());
    println!("API token         {}", running.token());
    println!("Reviewer token    {}", running.reviewer_token());
    println!("Gateways          {}/gateway/{{region}}", running.url());
    println!("Reviewer's page   {}", running.reviewer_url());
    println!("OAuth client      partner-console-sandbox (public, loopback redirects)");
    println!("Ctrl C ends it, and everything in it with it.");
    running.wait().await;
    Ok(())
}

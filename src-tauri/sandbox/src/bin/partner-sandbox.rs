//! `partner-sandbox`: the sandbox as a program, for trying the console by hand. It says where it is and which tokens
//! it takes, and serves until it is ended; all that it holds ends with it.
#![expect(clippy::print_stdout, reason = "what it prints is how a person learns the address and the tokens")]

use std::net::SocketAddr;

use clap::Parser;
use partner_sandbox::{Client, Sandbox, SandboxOptions};

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
    /// The secret of that client
    #[arg(long, requires = "redirect_uri")]
    client_secret: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut options = SandboxOptions {
        listen: args.listen,
        token: args.token,
        reviewer_token: args.reviewer_token,
        ..SandboxOptions::default()
    };
    if let Some(base) = args.public_base {
        options.public_base = base;
    }
    options.own_accounts.extend(args.own_accounts);
    if let (Some(uri), Some(secret)) = (args.redirect_uri, args.client_secret) {
        options.clients.push(Client::confidential("partner-app-sandbox", secret, uri));
    }
    let running = Sandbox::start(options).await?;
    println!("Partner sandbox   {}", running.url());
    println!("API token         {}", running.token());
    println!("Reviewer token    {}", running.reviewer_token());
    println!("Reviewer's page   {}", running.reviewer_url());
    println!("OAuth client      partner-console-sandbox (public, loopback redirects)");
    println!("Ctrl C ends it, and everything in it with it.");
    running.wait().await;
    Ok(())
}

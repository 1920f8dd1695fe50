//! A team's service on a port of its own, and the sandbox as the identity provider: real servers over real sockets.

use std::net::SocketAddr;
use std::path::Path;

use partner_service::{Desktop, Identities, Provider, Reach, Service, listen, serve, system_clock};
use sandbox::{Running, Sandbox, SandboxOptions};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const AUDIENCE: &str = "partner-service";

/// The team's service on a port of its own, until it is told to stop.
pub struct Served {
    pub address: SocketAddr,
    pub service: Service,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Served {
    pub async fn start(folder: &Path, idp: &Running, at: SocketAddr) -> Self {
        let provider = Provider {
            issuer: idp.url().to_owned(),
            audience: AUDIENCE.to_owned(),
            jwks_uri: Some(format!("{}/oauth/certs", idp.url()).parse().unwrap()),
            grants: None,
            desktop: Some(Desktop { client_id: "partner-console-sandbox".to_owned(), scopes: Vec::new() }),
        };
        let identities = Identities::Providers(vec![provider]);
        let service = Service::open(&folder.join("service.db"), identities, system_clock()).unwrap();
        let listener = listen(at, Reach::ThisMachine).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = service.clone();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serve(listener, &serving, stopped).await.unwrap();
        });
        Self { address, service, stop: Some(stop), task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.task.await.unwrap();
    }
}

/// Signs in whoever `auto` names.
pub async fn idp() -> Running {
    let options = SandboxOptions {
        auto_consent: true,
        audience: Some(AUDIENCE.to_owned()),
        ..SandboxOptions::default()
    };
    Sandbox::start(options).await.unwrap()
}

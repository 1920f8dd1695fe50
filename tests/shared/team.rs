//! A team's service on a port of its own, and the sandbox as the identity provider: real servers over real sockets.

use std::net::SocketAddr;
use std::path::Path;

use partner_service::{
    CallReach, Clock, Desktop, Identities, Provider, Reach, Regions, Service, VaultKey, listen, serve,
    system_clock,
};
use sandbox::{Running, Sandbox, SandboxOptions};
use serde_json::json;
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
        Self::begin(folder, idp, at, None, system_clock()).await
    }

    /// One that takes the events of a cloud.
    pub async fn receiving(folder: &Path, idp: &Running, at: SocketAddr, cloud: &Running) -> Self {
        Self::receiving_by(folder, idp, at, cloud, system_clock()).await
    }

    /// The same, by a clock that a test moves.
    pub async fn receiving_by(
        folder: &Path,
        idp: &Running,
        at: SocketAddr,
        cloud: &Running,
        clock: Clock,
    ) -> Self {
        Self::begin(folder, idp, at, Some(cloud), clock).await
    }

    async fn begin(
        folder: &Path,
        idp: &Running,
        at: SocketAddr,
        cloud: Option<&Running>,
        clock: Clock,
    ) -> Self {
        let provider = Provider {
            issuer: idp.url().to_owned(),
            audience: AUDIENCE.to_owned(),
            jwks_uri: Some(format!("{}/oauth/certs", idp.url()).parse().unwrap()),
            grants: None,
            desktop: Some(Desktop { client_id: "partner-console-sandbox".to_owned(), scopes: Vec::new() }),
        };
        let identities = Identities::Providers(vec![provider]);
        let mut service = Service::open(&folder.join("service.db"), identities, clock).unwrap();
        if let Some(cloud) = cloud {
            let key = VaultKey::read(&"5a".repeat(32)).unwrap();
            let regions = json!([{ "name": "Sandbox", "gateways": [cloud.url()] }]);
            let regions: Regions = serde_json::from_value(regions).unwrap();
            service = service.receiving(key, CallReach::Sandbox, regions).await.unwrap();
        }
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

//! Keys and signatures that OpenSSL made, so that what this crate computes is held to another's work; and a server that
//! answers as a test says.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use crate::ambient::Ambient;

/// A key pair, and its signature with SHA-512 over [`BODY`].
pub struct Pair {
    pub algorithm: &'static str,
    /// PKCS#8, base64.
    pub private: &'static str,
    /// SPKI, base64.
    pub public: &'static str,
    /// DER, hexadecimal.
    pub signature: &'static str,
}

pub const BODY: &str = r#"{"id":"0e8f0d3a2d0b4f6e9a5a7e1c3b5d7f90","type":"app.trial_started","created_at":"2026-11-27T03:00:00Z","api_version":"1","app_id":"a","data":{"installation_id":"i","account_id":"c","expires_at":"2026-12-27T03:00:00Z"},"_links":{"root":{"href":"https://api.talkdeskapp.eu"}}}"#;

pub const PAIRS: [Pair; 3] = [
    Pair {
        algorithm: "ES256",
        private: "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBJ3rAPNtbVaSnfuBsuIBQeh+vV47i1Y/IgIUFDRAduShRANCAATlbQlthdpcKeHEsToMIGq5wn5h+2OVwBGoIdQy8hrJXl9CV2GwChJs1yYIMyj/+52hTxPDliASRrQgKBCDJ0p1",
        public: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5W0JbYXaXCnhxLE6DCBqucJ+YftjlcARqCHUMvIayV5fQldhsAoSbNcmCDMo//udoU8Tw5YgEka0ICgQgydKdQ==",
        signature: "3044022100e20a13cd3f36525064c0771c71c90e26d924f600572f68779e62e4612623cf84021f79d3c80fadcf2eb7763b0913af1db252fe7d9ec5319f33300e92a999fb9e57",
    },
    Pair {
        algorithm: "ES384",
        private: "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBLsYVotnoxOOpikKLgUafakkDrEDtbKyX19eBouGxXLQmgHqMxvXlIXloz/kaS2n6hZANiAATjUWe/VJsky5TtDMdtX/AdZQ+L8bA3G0K1Y+Er5p8ufsCN6wVuWvR8ZYR8JVaBxG/SFYXEhP2XhBvwA1XHXtYUsrOzunw1jBViIf71hHMJWYlypQ8uMvniBKdmqjpyGRg=",
        public: "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE41Fnv1SbJMuU7QzHbV/wHWUPi/GwNxtCtWPhK+afLn7AjesFblr0fGWEfCVWgcRv0hWFxIT9l4Qb8ANVx17WFLKzs7p8NYwVYiH+9YRzCVmJcqUPLjL54gSnZqo6chkY",
        signature: "30660231008998bfc0945cc3f698bde2d7bf8e193fb858c79ddcfe0fae6b20444088dda8eaeb4a80161c366ae39fad0f10a98ffccd023100b417b4d99156b224c3e6591ac17e189f17671df078dc688db236d02646d73f51b02eb219f4ff4c915ba1936917189d83",
    },
    Pair {
        algorithm: "ES512",
        private: "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIA7JImsLjnEUjC4sUt4mdBoqICCpaQjYx/zfP6TuzxM6xyVsVSoA3a21pDCXl0xvtD1dFCs63c0ecAXVzjpKdy132hgYkDgYYABACyQuekWxKtCwnAg3Ip/CHGkc06Ym6EkOeCtACnbHCW6MkWZFDhQjq1iUp0i1mJ2G3j9BfBPgSfkx/h0GUoxUq5AAHAhkcRhz/d/VuFlmyrtl+TnKRBjlsFY49Q8adUhxlepLo9bN1Ky+M2UlolIYLYpaF93KeaFLRKi6Ojn0mrLuDmOg==",
        public: "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAskLnpFsSrQsJwINyKfwhxpHNOmJuhJDngrQAp2xwlujJFmRQ4UI6tYlKdItZidht4/QXwT4En5Mf4dBlKMVKuQABwIZHEYc/3f1bhZZsq7Zfk5ykQY5bBWOPUPGnVIcZXqS6PWzdSsvjNlJaJSGC2KWhfdynmhS0Soujo59Jqy7g5jo=",
        signature: "30818802420114c9a98a90136b1af685156b2bdbf3a4c9952449f6f9ebee23e1b9102a6c8596105dbb2f93d6ae3d6aba86c71ce9170cd942472300d1232008e1bad57401bf6ae10242008d96200947709c26cb28503c4fde616b07e5e800976152543767962aa7fac7848c85c615d7190477b9973437d7018c2c45faffcd8ef7367c8256b033670db09741",
    },
];

/// An RSA key of 2,048 bits, PKCS#8 and SPKI in base64.
pub const RSA_PRIVATE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCYzRFm1JIICbBHTn9SJxsxBWmxfYwVE/4zkdNZSOjGcRnkUNk6Z9HOzvjf7ejIobeVhGHpowFpXSYkQew48jRnZWMv+BuK1IoEGGXkDPN67eIrJ+9U5gQObeEFT55r16/zb6Er/3agO/DhTMEx1fe8Mjv77VH0lkjR4ZaPGOmdDSvo8hoV9ByQuRSMbzjcZHwGeATecaCLobLU4VXp5d48AQTf5VpOjtlI+gPp1QwtsOSpSUGl1nJ7pK+i0xYOFesq2hNTfAAiO3CAsXoKp2kacBdOL63krsgd9rZ9Mc5WGw+ztwlke25PL9fFszQqxQqaJpzOKHCfw5RAqYfab4lpAgMBAAECggEAAlhaCoUmV/I8yYi2Yok6x8X9/nKJ/67RXsg/q/tMUJ4JbYbMzAfY4VQtif5JmClckHJk2vmcpW8qYocSfDiXaPjWN1/BncqvnZV5nDDosbvMlf35vzNSikgnGnZDh63amPa0d2DnLgQNfopiMq9xKxXC9EBgWsvNrU70M8Oy84KV/7NWRCEFDt1/5Vvosu7BGe+cYT3D2GcQ9GsCewWe0kzHrP+DsJ6vkcBJ6STOPVoYSmh5sYZtEMTpdpSevJBd7ne/svzsf5GXhiWCN0MC5+crvjJSQNU6TBh1uIh7/eOCI3nG5MZhUnMQ0vYhXK8tXBKbf4qjW/4Ud5G12n9FwQKBgQDNz+0lw46ogvfKzX4SoPp1tJ0USq1f3/Y6hMarNk3nTcCWL99tnWWIf0wI0iobFowjK4NG9VE4gf65gEJw95/2xsC8PvLSskK/pZoPKaqWKYHWG+Ayy0+plaWRhfrNuFcqybuavDRVqdyG/IlsPDFQxKBgnfCk6GLK47X4kzsI0QKBgQC+D9suECZJMnmz6iymFN3yoZd/Zd/jTj4mRzSGoxv4emEEOrpe2bQQKC7vvcTOAxQ37M01BA5NZVs+lsXCA2NgTh9SOgDNnUCRXM0XdM2cdEiSCfQUiFhXa1JWIZ/QYCFLXEfyhob0dpDL1khIbK3uB+1A2+VxX1+my79nWewdGQKBgB9dxQKwXxmHfERINSKZrhIqSJZDG1E1TM12VuDZEd5ilytMeHy4NDUtUWU2wnwGX60sgIFb+djm1u9mgLm+w35UpCMMZO1/hXS3xFbzPrBL+yGqdezH14g86lLXXHXl1kMLI7BdZox3qshXzInWUp3AmcCf0YEQeZ36Pk14AtNBAoGBAK05YGecOnjOM1QCI41/SUaBdsWbQTI3trdGgJ4RfUW7rD6hlAks3Es5hIXm7L9i2QObpPAj8TEjJsVlv3nzgphcu3lC+kZsg1O5RAeT4m4tIZNQ1Q/9sJ6EZzevT6woYVABHGXzrH6UraXKeHjh7Kgcu2U4xebNqS0pWBrHP0bJAoGAH45m9oiU5l7v39XkxcE54nFev413khQLRsLJ1A6rw7AeLgSK6fCk9OJ5qZvnbGlZK/qdX+TTtalwtdRHIaXcFEStnQZjtBMfokGB6Mwc7Neyh84gS3J0kL2V+SCSI6r2jYQkZ9FRDjyUBHriETS3e4fMXuoYmpZRB1ZScdXZLbM=";
pub const RSA_PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmM0RZtSSCAmwR05/UicbMQVpsX2MFRP+M5HTWUjoxnEZ5FDZOmfRzs743+3oyKG3lYRh6aMBaV0mJEHsOPI0Z2VjL/gbitSKBBhl5Azzeu3iKyfvVOYEDm3hBU+ea9ev82+hK/92oDvw4UzBMdX3vDI7++1R9JZI0eGWjxjpnQ0r6PIaFfQckLkUjG843GR8BngE3nGgi6Gy1OFV6eXePAEE3+VaTo7ZSPoD6dUMLbDkqUlBpdZye6SvotMWDhXrKtoTU3wAIjtwgLF6CqdpGnAXTi+t5K7IHfa2fTHOVhsPs7cJZHtuTy/XxbM0KsUKmiaczihwn8OUQKmH2m+JaQIDAQAB";

/// A clock that a test moves, and random bytes that count up.
#[derive(Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(text.parse::<Timestamp>().unwrap().as_second())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn ambient(&self) -> Ambient {
        let (clock, count) = (self.clone(), AtomicU8::new(0));
        Ambient::new(
            move || clock.now(),
            move |bytes| {
                bytes.fill(count.fetch_add(1, Ordering::SeqCst));
                Ok(())
            },
        )
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    /// The headers, in small letters.
    pub head: String,
    pub body: String,
}

/// A server on this computer that answers as it is told and remembers what it was asked.
pub struct Server {
    pub url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` gives the whole answer; its connection is closed after it.
    pub async fn start(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let told = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (told, answer) = (told.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut got = Vec::new();
                    let request = loop {
                        let mut chunk = [0; 4_096];
                        let count = stream.read(&mut chunk).await.unwrap_or_default();
                        got.extend_from_slice(&chunk[..count]);
                        if let Some(request) = whole(&got) {
                            break request;
                        }
                        if count == 0 {
                            return;
                        }
                    };
                    told.lock().unwrap().push(request.clone());
                    // The caller may have gone: that is what some tests are about.
                    let _ = stream.write_all(answer(&request).as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn whole(got: &[u8]) -> Option<Asked> {
    let text = std::str::from_utf8(got).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let (line, head) = head.split_once("\r\n")?;
    let head = head.to_ascii_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0_usize);
    let line = line.trim_end_matches(" HTTP/1.1").to_owned();
    (body.len() == length).then(|| Asked { line, head, body: body.to_owned() })
}

/// A whole answer with this status and JSON body.
pub fn reply(status: u16, body: &str) -> String {
    reply_with(status, "", body)
}

/// And with headers, each ended by a line end.
pub fn reply_with(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

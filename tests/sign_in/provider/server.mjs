// A certified OpenID provider (oidc-provider) on a free port of this computer, for the tests of the sign-in. It says its
// issuer, and the key of the client that signs, on one line and ends with its standard input. Nobody is asked anything: who comes is QA 1, and consents.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const native = { application_type: "native", grant_types: ["authorization_code", "refresh_token"], redirect_uris: ["http://127.0.0.1/callback"] };
const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...key.publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "ES256" };

const provider = new Provider(issuer, {
  clients: [
    { ...native, client_id: "console", token_endpoint_auth_method: "none" },
    { ...native, client_id: "console-with-secret", client_secret: "a secret: of 32 characters, or so", token_endpoint_auth_method: "client_secret_basic" },
    { ...native, client_id: "console-with-key", token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256", jwks: { keys: [jwk] } },
  ],
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "offline_access", "profile"],
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: "QA 1" }) }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  cookies: { keys: ["a key of the test's own"] },
  ttl: { AccessToken: 600, IdToken: 600, RefreshToken: Number(process.env.REFRESH_SECONDS ?? 3600), Session: 3600, Grant: 3600, Interaction: 600 },
});

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") return provider.interactionFinished(request, response, { login: { accountId: "qa-1" } });
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

const callback = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return callback(request, response);
  interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
console.log(JSON.stringify({ issuer, privateKey: key.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64") }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

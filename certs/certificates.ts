import './reflect.ts';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const DAY_MS = 24 * 60 * 60 * 1_000;
const AUTHORITY_DAYS = 3_650;
/** As long as browsers and Apple's systems accept a server certificate for. */
const SERVER_DAYS = 397;
/** A clock that is a little behind accepts it too. */
const EARLIER_MS = 60 * 60 * 1_000;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** PEM texts. */
export interface Certificates {
  /** Of the authority: what clients are told to trust. */
  ca: string;
  /** The server's certificate and the authority's, in this order (RFC 8446 §4.4.2). */
  chain: string;
  /** The server's private key, PKCS #8. */
  key: string;
}

/**
 * An authority of its own and a certificate of it for a server with these names (DNS names, with `*` as the first label at most, and IP
 * addresses). The authority's private key is forgotten: nobody can ever make another certificate that those who trust it believe.
 * @throws {TypeError} for what is neither a name nor an address
 */
export async function makeCertificates(names: readonly string[], now = Date.now()): Promise<Certificates> {
  const subjectNames = [...new Set(names.map((name) => name.toLowerCase()))].map(generalName);
  const authorityKeys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Dunlin development authority'] }],
    notBefore: new Date(now - EARLIER_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const serverKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const server = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['Dunlin development server'] }],
    issuer: authority.subjectName,
    notBefore: new Date(now - EARLIER_MS),
    notAfter: new Date(now + SERVER_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(subjectNames),
      await x509.SubjectKeyIdentifierExtension.create(serverKeys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  const ca = `${authority.toString('pem')}\n`;
  return {
    ca,
    chain: `${server.toString('pem')}\n${ca}`,
    key: `${x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag)}\n`,
  };
}

/** RFC 1123 §2.1, and a `*` as the whole first label (RFC 9525 §6.3), with two more behind it: clients believe no less. */
const dnsName =
  /^(\*\.(?=[^.]+\.))?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

function generalName(name: string): { type: 'dns' | 'ip'; value: string } {
  if (isIP(name) !== 0) return { type: 'ip', value: name };
  if (name.length > 253 || !dnsName.test(name))
    throw new TypeError(`${JSON.stringify(name)} is neither a host name nor an IP address`);
  return { type: 'dns', value: name };
}

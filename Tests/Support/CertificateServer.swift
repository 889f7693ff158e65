import NIOCore
import NIOSSL

extension Certificates {
    /// What makes a server's connections TLS ones with the certificate of that name.
    package func server(
        _ name: String, versions: (least: TLSVersion, most: TLSVersion) = (.tlsv12, .tlsv13),
        onName: @escaping @Sendable (String?) -> Void = { _ in }
    ) throws -> @Sendable (any Channel) throws -> Void {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path("\(name).pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("\(name).key"), format: .pem)))
        configuration.minimumTLSVersion = versions.least
        configuration.maximumTLSVersion = versions.most
        configuration.sslContextCallback = { values, promise in
            onName(values.serverHostname)
            promise.succeed(.noChanges)
        }
        let context = try NIOSSLContext(configuration: configuration)
        return { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }
}

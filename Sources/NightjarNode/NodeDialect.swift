import NIOCore

/// One node language: how a node is asked for block templates, handed blocks, and asked what became of them.
///
/// A ``NodeClient`` does the rest in the same way for every node: it polls, keeps templates, and tells accepted blocks
/// from orphans.
package protocol NodeDialect: Sendable {
    /// Checks that this is a node to mine at. Called at each connection, before the first template.
    func begin() async throws

    /// Asks for a template.
    ///
    /// - Throws: ``NodeRPCError`` when there is none, ``NodeTemplateError`` for one that cannot be mined.
    func template() async throws -> any BlockTemplate

    /// Whether the chain has another tip than the one that `template` builds on.
    func hasMoved(since template: any BlockTemplate) async throws(NodeRPCError) -> Bool

    /// The request that hands in a block.
    func request(submitting block: [UInt8]) -> ByteBuffer

    /// Hands in a block by its request. That it is taken does not say yet that it is on the main chain.
    func submit(_ request: ByteBuffer) async throws(NodeRPCError)

    /// Where a block stands that was handed in.
    func place(of block: MinedBlock) async throws(NodeRPCError) -> BlockPlace

    /// What the user should know about the login, one sentence each; what was taken does not come again.
    func takeWarnings() -> [String]

    /// Listens for new blocks until its task is cancelled, where the node can announce them.
    func listen(_ listener: NodeListener) async

    /// Closes the connections without a request.
    func hangUp()
}

extension NodeDialect {
    package func begin() async throws {}
    package func takeWarnings() -> [String] { [] }
    package func listen(_ listener: NodeListener) async {}
}

import NightjarCore

/// Parameters with their own known answers, for an algorithm that is not in this build's table. They belong to the
/// algorithm; a device never brings its own.
package protocol KnownAnswerSource: AlgorithmParameters {
    /// The known answers of `algorithm`, which has these parameters.
    func knownAnswers(of algorithm: Algorithm) -> [KnownAnswer]
}

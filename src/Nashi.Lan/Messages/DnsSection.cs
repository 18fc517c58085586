namespace Nashi.Lan.Messages;

/// <summary>The parts of a message, in order.</summary>
internal enum DnsSection
{
    /// <summary>Questions.</summary>
    Question = 0,

    /// <summary>Answers, or known answers.</summary>
    Answer = 1,

    /// <summary>What will be asked next.</summary>
    Additional = 3,
}

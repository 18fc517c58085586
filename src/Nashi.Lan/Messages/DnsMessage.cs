namespace Nashi.Lan.Messages;

/// <summary>A decoded message of multicast DNS (RFC 1035 §4, RFC 6762 §18).</summary>
internal sealed record DnsMessage
{
    /// <summary>The longest message that is read: RFC 6762 §17.</summary>
    public const int MaxSize = 9000;

    /// <summary>How many questions are read.</summary>
    public const int MaxQuestions = 64;

    /// <summary>How many records are read.</summary>
    public const int MaxRecords = 256;

    /// <summary>Zero but for one-shot resolvers, which want it back.</summary>
    public required ushort Id { get; init; }

    /// <summary>Whether it answers.</summary>
    public required bool IsResponse { get; init; }

    /// <summary>Whether more known answers follow.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>What is asked.</summary>
    public required IReadOnlyList<DnsQuestion> Questions { get; init; }

    /// <summary>In a response the answers, in a query those that are known already.</summary>
    public required IReadOnlyList<DnsRecord> Answers { get; init; }

    /// <summary>What the sender thinks will be asked next.</summary>
    public required IReadOnlyList<DnsRecord> Additionals { get; init; }
}

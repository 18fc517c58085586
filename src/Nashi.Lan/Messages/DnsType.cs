namespace Nashi.Lan.Messages;

/// <summary>Kinds of records; others are carried without being understood.</summary>
internal enum DnsType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>Another name.</summary>
    Ptr = 12,

    /// <summary>Short strings.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>A host and a port.</summary>
    Srv = 33,

    /// <summary>In questions: every kind.</summary>
    Any = 255,
}

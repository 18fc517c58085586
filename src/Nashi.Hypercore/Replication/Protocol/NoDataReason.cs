namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Why there is no answer.</summary>
internal enum NoDataReason : byte
{
    Unspecified = 0,
    NotAvailable = 1,
    InvalidRequest = 2,
}

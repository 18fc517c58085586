namespace Nashi.Hypercore.Seam;

/// <summary>Why a request could not be answered, or an answer was not taken.</summary>
internal enum ProofRefusal
{
    /// <summary>It was taken.</summary>
    None,

    /// <summary>We lack the block or a tree node (answer NODATA "not available").</summary>
    NotAvailable,

    /// <summary>The request asks for something that can not exist (answer NODATA "invalid request").</summary>
    InvalidRequest,

    /// <summary>The proof is for another fork: older is out of date, newer needs a reorg.</summary>
    WrongFork,

    /// <summary>The tree moved on while the proof was under way: no fault of the peer.</summary>
    OutOfDate,

    /// <summary>A node is missing, out of place or left over.</summary>
    InvalidProof,

    /// <summary>The nodes do not hash to what we know.</summary>
    InvalidChecksum,

    /// <summary>The signature does not fit the tree: maybe a fork by the writer; probe for a conflict.</summary>
    InvalidSignature,

    /// <summary>The manifest does not hash to the key.</summary>
    InvalidManifest,

    /// <summary>There is no manifest to check the signature with.</summary>
    ManifestMissing,

    /// <summary>The core is frozen after a conflict.</summary>
    Frozen,

    /// <summary>The core is closed.</summary>
    Closed,

    /// <summary>The proof was good but could not be stored (disk full, …): ask again later.</summary>
    WriteFailed,
}

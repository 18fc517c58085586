namespace Nashi.Dht.Connecting;

/// <summary>Why a connect came to nothing.</summary>
internal enum ConnectFailure
{
    /// <summary>No node knows the peer.</summary>
    PeerNotFound,

    /// <summary>Nodes know it but it did not answer.</summary>
    PeerConnectionFailed,

    /// <summary>It answered with an error.</summary>
    ServerError,

    /// <summary>It speaks another version.</summary>
    ServerIncompatible,

    /// <summary>It does not punch, and we cannot reach it.</summary>
    CannotHolepunch,

    /// <summary>Every knock was in vain.</summary>
    HolepunchAborted,

    /// <summary>One side could not find out about its translator.</summary>
    HolepunchProbeTimeout,

    /// <summary>Both sides change their ports.</summary>
    HolepunchDoubleRandomizedNats,

    /// <summary>The peer's punch message was not authentic.</summary>
    HolepunchInvalid,

    /// <summary>There is nothing to knock at.</summary>
    RemoteNotHolepunchable,

    /// <summary>The peer did not want to punch.</summary>
    RemoteNotHolepunching,

    /// <summary>The peer gave up.</summary>
    RemoteAborted,

    /// <summary>There was no way but the relay, and that did not come about either.</summary>
    RelayAborted,
}

namespace Nashi.Storage.Records;

/// <summary>The records under a core pointer.</summary>
internal enum CoreRecord : byte
{
    Auth = 0,
    Sessions = 1,
    Group = 2,

    /// <summary>Sorts after all of them.</summary>
    End = 0xff,
}

namespace Nashi.Storage.Records;

/// <summary>The records under a data pointer.</summary>
internal enum DataRecord : byte
{
    Head = 0,
    Dependency = 1,
    Hints = 2,
    Block = 3,
    Tree = 4,
    Bitfield = 5,
    UserData = 6,
    Local = 7,
    Mark = 8,

    /// <summary>Sorts after all of them.</summary>
    End = 0xff,
}

namespace Nashi.Deploy;

/// <summary>The store holds no secret key for what was to be written.</summary>
public sealed class NotWritableException(PearLink link)
    : NashiException("ERR_NOT_WRITABLE", $"This store holds no secret key for {link.Origin}, so it cannot publish there. Use the store where 'nashi touch' made the link (--storage), or make a link of your own with 'nashi touch'.");
